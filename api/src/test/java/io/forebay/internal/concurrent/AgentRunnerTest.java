package io.forebay.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AgentRunnerTest {
  private final List<Throwable> told = new ArrayList<>();
  private final AtomicInteger steps = new AtomicInteger();

  @Test
  void tells_the_handler_when_a_step_throws_an_error() {
    Error error = new AssertionError("broken");

    AgentRunner.repeat(
            () -> {
              throw error;
            },
            told::add)
        .run();

    assertThat(told).containsExactly(error);
  }

  @Test
  void goes_on_when_a_step_leaves_the_interrupt_flag_behind() {
    AgentRunner.repeat(
            () -> {
              assertThat(Thread.currentThread().isInterrupted()).isFalse();
              Thread.currentThread().interrupt();
              return steps.incrementAndGet() < 3;
            },
            told::add)
        .run();

    assertThat(told).isEmpty();
    assertThat(steps).hasValue(3);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void makes_a_step_again_when_it_is_interrupted_by_nobodys_wish() {
    AgentRunner.repeat(
            () -> {
              if (steps.incrementAndGet() < 3) {
                throw new InterruptedException();
              }
              return false;
            },
            told::add)
        .run();

    assertThat(told).isEmpty();
    assertThat(steps).hasValue(3);
  }

  @Test
  void tells_the_handler_when_a_task_is_interrupted_by_nobodys_wish() {
    AgentRunner.once(
            () -> {
              throw new InterruptedException("late");
            },
            told::add)
        .run();

    assertThat(told).singleElement().isInstanceOf(InterruptedException.class);
  }

  @Test
  void ends_silently_when_it_is_asked_to() throws Exception {
    for (boolean repeated : new boolean[] {true, false}) {
      CountDownLatch waiting = new CountDownLatch(1);
      AgentRunner.Step forEver =
          () -> {
            waiting.countDown();
            new CountDownLatch(1).await();
            return true;
          };
      AgentRunner runner =
          repeated
              ? AgentRunner.repeat(forEver, told::add)
              : AgentRunner.once(forEver::step, told::add);
      Thread thread = Thread.ofVirtual().start(runner);
      waiting.await();

      runner.end();

      thread.join();
      assertThat(told).isEmpty();
    }
  }

  @Test
  void makes_no_step_when_it_was_ended_before_it_began() {
    AgentRunner runner = AgentRunner.repeat(() -> steps.incrementAndGet() > 0, told::add);

    runner.end();
    runner.run();

    assertThat(steps).hasValue(0);
  }

  @Test
  void ends_when_a_step_has_swallowed_the_interrupt_of_the_end() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    AgentRunner runner =
        AgentRunner.repeat(
            () -> {
              steps.incrementAndGet();
              waiting.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                // As a function may do.
              }
              return true;
            },
            told::add);
    Thread thread = Thread.ofVirtual().start(runner);
    waiting.await();

    runner.end();

    thread.join();
    assertThat(steps).hasValue(1);
  }
}
