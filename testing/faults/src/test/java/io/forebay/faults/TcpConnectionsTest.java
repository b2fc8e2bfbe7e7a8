package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.net.EventLoops;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.connectors.net.NetSettings;
import io.forebay.connectors.net.TcpSource;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.formats.api.MessageFormat;
import io.forebay.workers.api.PhysicalCores;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Thousands of connections are held, and all of their lines delivered, while every core computes.
 * 1,000 here; {@code -Dforebay.connections=10000 -Dforebay.seconds=10} for all of them. The
 * event-loop delay is printed and not judged: the machine decides about it, too.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class TcpConnectionsTest {
  private static final int CONNECTIONS = Integer.getInteger("forebay.connections", 1_000);
  private static final int SECONDS = Integer.getInteger("forebay.seconds", 2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long ENDLESS = 1L << 40;
  private static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  @Test
  void connections_are_held_and_their_lines_delivered_when_every_core_computes() throws Exception {
    long files =
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
            .getMaxFileDescriptorCount();
    assumeTrue(
        files >= CONNECTIONS + 500L,
        "only " + files + " files may be open here: raise ulimit -n for " + CONNECTIONS);
    TcpSource source =
        new TcpSource(
            NetSettings.of(new ListenAddress("127.0.0.1", 0), MessageFormat.NDJSON, READING)
                .timerMillis(1));
    BySource sink = new BySource();
    try (Pipeline pipeline =
        Pipeline.builder("connections")
            .source("tcp", source)
            .source("load", new SimulatedSource(4, ENDLESS, 0, 1))
            .stage(Stage.cpu("spin", Spin.class).workers(PhysicalCores.count()))
            .ordered(false)
            .sink("sink", sink)
            .build()) {
      pipeline.start();
      int port = source.port().get(60, TimeUnit.SECONDS);
      try (Senders holder = Senders.connect(ConnectionHolder.class, port, CONNECTIONS)) {
        Awaitility.await().atMost(PATIENCE).until(() -> source.connections() == CONNECTIONS);
        source.delay(); // What came before does not count.
        long before = sink.load.get();
        long begin = System.nanoTime();
        Awaitility.await() // Where others have the cores, too, the first batch takes its time.
            .atMost(PATIENCE)
            .until(() ->
                System.nanoTime() - begin >= SECONDS * 1_000_000_000L && sink.load.get() > before);
        EventLoops.Delay delay = source.delay();
        long computed = sink.load.get() - before;
        long sent = holder.stop();
        Awaitility.await().atMost(PATIENCE).until(() -> sink.lines.get() >= sent);
        System.out.printf(
            "%d connections, %d lines; meanwhile %d records computed in %d s;"
                + " event-loop delay p50 %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms%n",
            CONNECTIONS,
            sent,
            computed,
            SECONDS,
            delay.p50(),
            delay.p99(),
            delay.p999(),
            delay.max());
        assertThat(sink.lines.get()).isEqualTo(sent).isPositive();
        assertThat(computed).isPositive();
        assertThat(delay.p50()).isPositive();
      }
      Awaitility.await().atMost(PATIENCE).until(() -> source.connections() == 0);
      pipeline.drain(Duration.ofSeconds(60));
      assertThat(pipeline.await()).isInstanceOf(PipelineResult.Drained.class);
    }
  }

  /** Counts the rows of both sources. */
  private static final class BySource implements Sink {
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong load = new AtomicLong();
    private java.util.List<String> partitions = java.util.List.of();

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {
      partitions = context.partitions();
    }

    @Override
    public void write(Batch batch) {
      for (int row = 0; row < batch.rows(); row++) {
        boolean line = partitions.get(batch.partition(row)).startsWith("tcp/");
        (line ? lines : load).incrementAndGet();
      }
    }

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() {}
  }
}
