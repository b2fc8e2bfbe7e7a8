package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.api.CallOptions;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.protocol.Ring;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cancelled call costs its worker only if the worker calls the function on it. */
final class WithdrawnCallTest {
  private static final long NOW = 1_000_000_000L;
  private static final long HEAD = 2 * Ring.LINE;
  private static final long BEGUN = HEAD + 8;

  private final PlayedWorkers played = new PlayedWorkers(1, 3, 0, 2, 1);
  private final Fleet fleet = played.fleet;
  private final Worker worker = played.hire(0);
  private final List<Call> calls = new ArrayList<>();

  WithdrawnCallTest() throws Exception {}

  @BeforeEach
  void submits_two_calls() {
    fleet.places.occupy(0, worker);
    for (int i = 0; i < 2; i++) {
      Call call = new Call(null, played.slot(i), NOW, CallOptions.USUAL);
      calls.add(call);
      fleet.submit(call, NOW);
    }
  }

  @AfterEach
  void close() throws Exception {
    played.close();
  }

  @Test
  void lets_the_worker_live_when_it_is_just_passing_by_the_call() {
    assertThat(fleet.cancel(calls.get(0), true)).isFalse();
    assertThat(worker.ring.begin(0, NOW)).isEqualTo(Ring.WITHDRAWN);
    var _ = played.deadlines.check(NOW);
    assertThat(worker.condemned).isNull();
    worker.ring.finish(0, Ring.IN_SLOT, NOW, NOW);
    assertThat(worker.ring.begin(1, NOW)).isZero();
    var _ = played.deadlines.check(NOW);
    assertThat(worker.condemned).isNull();
    assertThat(fleet.harvest(NOW)).isSameAs(calls.get(0));
  }

  @Test
  void lets_the_worker_live_when_it_begins_the_next_call_after_its_head_was_read() {
    worker.ring.withdraw(0, 0); // As cancel() does, which then reads the head,
    long head = worker.ring.head();
    assertThat(worker.ring.begin(0, NOW)).isEqualTo(Ring.WITHDRAWN);
    worker.ring.finish(0, Ring.IN_SLOT, NOW, NOW);
    assertThat(worker.ring.begin(1, NOW)).isZero();
    played.memory(0).set(ValueLayout.JAVA_LONG, HEAD, head); // then what was begun.
    assertThat(fleet.cancel(calls.get(0), true)).isFalse();
    assertThat(worker.condemned).isNull();
  }

  @Test
  void kills_the_worker_when_it_has_begun_the_call() {
    assertThat(worker.ring.begin(0, NOW)).isZero();
    assertThat(fleet.cancel(calls.get(0), false)).isFalse();
    assertThat(worker.condemned).isNull();
    assertThat(fleet.cancel(calls.get(0), true)).isFalse();
    assertThat(worker.condemned).extracting(WorkerEnd::kind).isEqualTo(WorkerEnd.Kind.CANCELLED);
  }

  @Test
  void kills_the_worker_when_it_has_read_the_flags_before_they_were_set_and_begins_behind_that() {
    assertThat(fleet.cancel(calls.get(0), true)).isFalse();
    assertThat(worker.condemned).isNull();
    played.memory(0).set(ValueLayout.JAVA_LONG, BEGUN, 1);
    var _ = played.deadlines.check(NOW);
    assertThat(worker.condemned).extracting(WorkerEnd::kind).isEqualTo(WorkerEnd.Kind.CANCELLED);
  }
}
