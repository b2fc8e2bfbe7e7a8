package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.internal.launch.OutputTail;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What follows from deaths, apart from any process. */
final class VerdictTest {
  private static final CallHistory.Verdict RETRY = new CallHistory.Verdict.Retry();

  private static CallHistory.Verdict giveUp(int row, int deaths) {
    return new CallHistory.Verdict.GiveUp(row, deaths);
  }

  private static CallHistory.Verdict alone(int row) {
    return new CallHistory.Verdict.CallAlone(row);
  }

  @Test
  void blames_the_record_when_it_kills_a_fresh_worker_alone() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.CRASHED, -1, false)).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.CRASHED, 4, true)).isEqualTo(alone(4));
    assertThat(history.alone()).isEqualTo(4);
    assertThat(history.recordDeath(WorkerEnd.Kind.CRASHED, -1, true)).isEqualTo(giveUp(4, 3));
  }

  @Test
  void needs_no_further_death_when_the_record_was_the_first_one() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.OUT_OF_MEMORY, 0, false)).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.OUT_OF_MEMORY, 0, true)).isEqualTo(giveUp(0, 2));
  }

  @Test
  void separates_the_records_when_none_of_them_kills_alone() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.OUT_OF_MEMORY, -1, false)).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.OUT_OF_MEMORY, 4, true)).isEqualTo(alone(4));
    assertThat(history.recordSurvival()).isEqualTo(new CallHistory.Verdict.Separate(4, 2));
    assertThat(history.alone()).isEqualTo(-1);
  }

  @Test
  void asks_a_fresh_worker_for_all_records_when_only_a_used_one_has_died_at_one() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.EXHAUSTED, 4, false)).isEqualTo(alone(4));
    assertThat(history.recordSurvival()).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.EXHAUSTED, 4, true))
        .isEqualTo(new CallHistory.Verdict.Separate(4, 2));
  }

  @Test
  void does_not_blame_the_record_when_the_whole_batch_was_late() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.TIMED_OUT, 4, false)).isEqualTo(RETRY);
  }

  @Test
  void does_not_blame_a_record_when_workers_are_killed_at_different_ones() {
    var history = new CallHistory();
    for (int row = 0; row < CallHistory.MOST_KILLS - 1; row++) {
      assertThat(history.recordDeath(WorkerEnd.Kind.KILLED, row, true)).isEqualTo(RETRY);
    }
    assertThat(history.recordDeath(WorkerEnd.Kind.KILLED, 100, true))
        .isEqualTo(giveUp(-1, CallHistory.MOST_KILLS));
  }

  @Test
  void suspects_a_batch_when_its_worker_fails_by_itself_or_a_second_one_is_killed() {
    var own = new CallHistory();
    assertThat(own.recordDeath(WorkerEnd.Kind.CRASHED, -1, false)).isEqualTo(RETRY);
    assertThat(own.isSuspect()).isTrue();
    var outside = new CallHistory();
    assertThat(outside.recordDeath(WorkerEnd.Kind.KILLED, -1, false)).isEqualTo(RETRY);
    assertThat(outside.isSuspect()).isFalse();
    assertThat(outside.recordDeath(WorkerEnd.Kind.KILLED, -1, false)).isEqualTo(RETRY);
    assertThat(outside.isSuspect()).isTrue();
  }

  @Test
  void blames_the_record_when_three_workers_are_killed_at_it() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.KILLED, 3, false)).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.KILLED, 3, true)).isEqualTo(alone(3));
    assertThat(history.recordDeath(WorkerEnd.Kind.KILLED, 3, true)).isEqualTo(giveUp(3, 3));
  }

  @Test
  void gives_the_batch_up_when_it_kills_without_a_record_to_blame() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.NONSENSE, -1, false)).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.NONSENSE, -1, true)).isEqualTo(RETRY);
    assertThat(history.recordDeath(WorkerEnd.Kind.NONSENSE, -1, true)).isEqualTo(giveUp(-1, 3));
  }

  @Test
  void classifies_an_end_when_it_knows_code_and_output() {
    var nothing = new OutputTail(List.of(), List.of());
    assertThat(WorkerEnd.ofExit(0, nothing, 1 << 20).kind()).isEqualTo(WorkerEnd.Kind.EXITED);
    assertThat(WorkerEnd.ofExit(3, nothing, 1 << 20).kind()).isEqualTo(WorkerEnd.Kind.EXITED);
    assertThat(WorkerEnd.ofExit(137, nothing, 1 << 20).kind()).isEqualTo(WorkerEnd.Kind.KILLED);
    assertThat(WorkerEnd.ofExit(139, nothing, 1 << 20).what()).isEqualTo("crashed with SIGSEGV");
    var memory =
        new OutputTail(
            List.of("a", "Terminating due to java.lang.OutOfMemoryError: Java heap space"),
            List.of());
    WorkerEnd end = WorkerEnd.ofExit(3, memory, 64 << 20);
    assertThat(end.kind()).isEqualTo(WorkerEnd.Kind.OUT_OF_MEMORY);
    assertThat(end.what()).isEqualTo("ran out of memory (limit 64 MiB)");
    assertThat(end.evidence()).contains("exit code 3").contains("Java heap space");
  }
}
