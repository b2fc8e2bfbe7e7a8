package io.forebay.engine.internal.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.snapshot.Latency;
import io.forebay.snapshot.Punctuality;
import java.util.ArrayDeque;
import java.util.Queue;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class BeatTest {
  private static final long MILLI = 1_000_000;

  private long now;
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final Beat.Delays delays = new Beat.Delays("loop");
  private final Beat beat = new Beat(delays, loop::add, null, () -> now);

  private Punctuality sendAndRun(long lateMillis) {
    beat.send(now);
    now += lateMillis * MILLI;
    loop.remove().run();
    return delays.read();
  }

  @Test
  void tells_how_late_a_beat_ran() {
    sendAndRun(0);
    Punctuality seen = sendAndRun(7);

    assertThat(seen.thread()).isEqualTo("loop");
    assertThat(seen.delay().records()).isEqualTo(2);
    assertThat(seen.delay().maxMs()).isCloseTo(7, Percentage.withPercentage(1));
    assertThat(seen.delay().within().get(Latency.BOUNDS_SECONDS.indexOf(0.005))).isEqualTo(1);
    assertThat(seen.stalls()).isZero();
    assertThat(beat.thread()).isSameAs(Thread.currentThread());
  }

  @Test
  void counts_every_beat_that_falls_into_a_stall() {
    Punctuality seen = sendAndRun(300); // late by 300, 290, ... 10 ms

    assertThat(seen.delay().records()).isEqualTo(30);
    assertThat(seen.delay().p50Ms()).isCloseTo(150, Percentage.withPercentage(1));
    assertThat(seen.stalls()).isEqualTo(1);
  }

  @Test
  void sends_no_second_one_while_the_first_is_under_way() {
    beat.send(now);
    now += 10 * MILLI;
    beat.send(now);

    assertThat(loop).hasSize(1);
  }

  @Test
  void tells_of_a_stall_once_while_it_lasts() {
    beat.send(now);
    now += 199 * MILLI;
    assertThat(beat.newStall(now)).isZero();
    now += 2 * MILLI;
    assertThat(beat.newStall(now)).isEqualTo(201 * MILLI);
    assertThat(beat.newStall(now + MILLI)).isZero();
    loop.remove().run();
    beat.send(now);
    now += 250 * MILLI;

    assertThat(beat.newStall(now)).isEqualTo(250 * MILLI);
  }
}
