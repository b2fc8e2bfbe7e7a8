package io.forebay.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever waits here waits for an hour, so a ring that gets lost fails the test. */
@Timeout(30)
final class DoorbellTest {
  private static final long HOUR = 3_600_000_000_000L;

  private final Doorbell doorbell = new Doorbell();

  @Test
  void keeps_a_ring_that_came_before_anybody_waits() {
    doorbell.ring();
    doorbell.attach(Thread.currentThread());
    doorbell.ring();
    doorbell.await(HOUR);
  }

  @Test
  void wakes_who_waits() throws Exception {
    Thread waiter = Thread.ofPlatform().unstarted(() -> doorbell.await(HOUR));
    doorbell.attach(waiter);
    waiter.start();
    while (waiter.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    doorbell.ring();
    waiter.join();
  }

  @Test
  void waits_no_longer_than_asked_for() {
    doorbell.attach(Thread.currentThread());
    doorbell.await(1);
    doorbell.await(1_000_000);
  }

  @Test
  void loses_no_ring_while_the_waiter_works() throws Exception {
    int rings = 100_000;
    AtomicInteger given = new AtomicInteger();
    Thread waiter =
        Thread.ofPlatform()
            .unstarted(() -> {
              for (int seen = 0; seen < rings; seen = given.get()) {
                doorbell.await(HOUR);
              }
            });
    doorbell.attach(waiter);
    waiter.start();
    for (int i = 0; i < rings; i++) {
      given.incrementAndGet();
      doorbell.ring();
    }
    waiter.join();
    assertThat(given).hasValue(rings);
  }
}
