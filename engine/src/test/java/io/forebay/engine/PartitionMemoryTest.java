package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.connectors.simulated.SimulatedSource;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a partition takes of the heap while its source lives and its records are delivered. {@code
 * -Dforebay.partitions=1000000} measures more of them.
 */
@Timeout(120)
final class PartitionMemoryTest {
  private static final int PARTITIONS = Integer.getInteger("forebay.partitions", 100_000);
  private static final int FEW = 20_000;
  private static final long MOST_BYTES = 500;

  /** Keeps nothing. */
  private static final class Nowhere implements Sink {
    private volatile long committed;

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void write(Batch batch) {}

    @Override
    public void commit(Progress progress) {
      long positions = progress.frontier().positions().size();
      committed = positions + progress.frontier().counts().size();
    }

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void partition_takes_less_than_500_bytes_when_its_records_are_delivered() throws Exception {
    run(FEW); // What is loaded and made once does not count, nor what batches need when full.
    long few = run(FEW);
    long many = run(FEW + PARTITIONS);
    long each = (many - few) / PARTITIONS;
    System.out.println(each + " bytes a partition, of " + PARTITIONS);
    assertThat(each).isPositive().isLessThanOrEqualTo(MOST_BYTES);
  }

  /** What the heap has more while so many sensors have sent one reading and wait for the next. */
  private static long run(int sensors) throws Exception {
    long before = used();
    Nowhere sink = new Nowhere();
    // All send at once, and then after an hour.
    double rate = sensors / 3600.0;
    try (Pipeline pipeline =
        Pipeline.builder("many")
            .source("sensors", new SimulatedSource(sensors, 2, rate, 1))
            .sink("nowhere", sink)
            .forebay(4, 4 << 20)
            .build()) {
      pipeline.start();
      // For each partition its position and its count.
      await().atMost(Duration.ofSeconds(60)).until(() -> sink.committed == 2L * sensors);
      long used = used() - before;
      pipeline.stop();
      pipeline.await();
      return used;
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
