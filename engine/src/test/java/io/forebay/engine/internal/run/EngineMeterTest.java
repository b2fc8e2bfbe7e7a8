package io.forebay.engine.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.internal.intake.Intake;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineMeterTest {
  private static final long CPU_NANOS = 100_000_000;
  private static final Intake.Snapshot NOTHING = new Intake.Snapshot(0, 0, 0, 0, List.of());

  private final CountDownLatch looked = new CountDownLatch(1);
  private long now;

  /** Computes for a tenth of a second, and lives on until somebody has looked. */
  private void compute(CountDownLatch done) {
    long until = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() + CPU_NANOS;
    while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < until) {
      Thread.onSpinWait();
    }
    done.countDown();
    try {
      looked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long ingestCpu(EngineMeter meter, Runnable start, CountDownLatch computed)
      throws InterruptedException {
    start.run();
    computed.await();
    now += 1_000_000_000;
    long cpu = meter.times(now, 0, 0, NOTHING).ingestCpu();
    looked.countDown();
    return cpu;
  }

  @Test
  void counts_threads_that_sources_have_started() throws Exception {
    EngineMeter meter = new EngineMeter(now, 0);
    CountDownLatch computed = new CountDownLatch(1);

    long cpu =
        ingestCpu(
            meter,
            () ->
                Thread.ofVirtual()
                    .name("forebay-source-x")
                    .start(() ->
                        Thread.ofPlatform()
                            .daemon()
                            .name("vert.x-eventloop-thread-0")
                            .start(() -> compute(computed))),
            computed);

    assertThat(cpu).isGreaterThanOrEqualTo(CPU_NANOS);
  }

  @Test
  void counts_what_carries_virtual_threads() throws Exception {
    EngineMeter meter = new EngineMeter(now, 0);
    CountDownLatch computed = new CountDownLatch(1);

    long cpu =
        ingestCpu(
            meter,
            () ->
                Thread.ofVirtual()
                    .start(() -> {
                      long until = System.nanoTime() + CPU_NANOS;
                      while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                      }
                      computed.countDown();
                    }),
            computed);

    assertThat(cpu).isGreaterThan(CPU_NANOS / 100);
  }

  @Test
  void counts_neither_the_dashboards_loop_nor_what_a_sink_or_a_client_has_started()
      throws Exception {
    EngineMeter meter = new EngineMeter(now, 0);
    CountDownLatch computed = new CountDownLatch(3);

    long cpu =
        ingestCpu(
            meter,
            () -> {
              for (String name :
                  List.of(
                      "vert.x-eventloop-thread-0",
                      "kafka-producer-network-thread | producer-1",
                      "HttpClient-1-SelectorManager")) {
                Thread.ofPlatform().daemon().name(name).start(() -> compute(computed));
              }
            },
            computed);

    assertThat(cpu).isLessThan(CPU_NANOS);
  }
}
