package io.forebay.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class IdleStrategyTest {
  private final IdleStrategy idle = new IdleStrategy(0, System::nanoTime);

  @Test
  void waits_until_it_is_there() {
    // The scheduler may take all of its time between two looks: of many times, once is enough.
    AtomicInteger looks = new AtomicInteger();
    boolean there = false;
    for (int time = 0; time < 1_000 && !there; time++) {
      looks.set(0);
      there = new IdleStrategy(0, System::nanoTime).awaitWork(() -> looks.incrementAndGet() == 2);
    }
    assertThat(there).isTrue();
    assertThat(looks).hasValue(2);
    assertThat(idle.awaitWork(() -> true)).isTrue();
  }

  @Test
  void waits_ever_less_often_when_it_was_in_vain() {
    List<Integer> waited = new ArrayList<>();
    for (int time = 0; time < 5_000; time++) {
      int now = time;
      assertThat(
              idle.awaitWork(() -> {
                if (waited.isEmpty() || waited.getLast() != now) {
                  waited.add(now);
                }
                return false;
              }))
          .isFalse();
    }
    assertThat(waited).containsExactly(0, 2, 6, 14, 30, 62, 126, 254, 510, 1022, 2046, 3070, 4094);
  }

  @Test
  void waits_each_time_again_when_it_has_paid() {
    for (int time = 0; time < 3; time++) {
      assertThat(idle.awaitWork(() -> false)).isFalse();
    }
    boolean paid = false;
    for (int time = 0; time < 8 && !paid; time++) {
      paid = idle.awaitWork(() -> true);
    }
    assertThat(paid).isTrue();
    for (int time = 0; time < 10; time++) {
      assertThat(idle.awaitWork(() -> true)).isTrue();
    }
  }
}
