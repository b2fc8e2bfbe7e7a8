package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.DeadLetters;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.testkit.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of a process with a spooled source, again and again: whatever the source was told
 * is safe arrives in the sink, also if the sink keeps no progress. To repeat a failure: {@code
 * -Dforebay.seed=…}.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class SpoolKillTest {
  private static final int KILLS = Integer.getInteger("forebay.kills", 4);
  private static final int LEAST_KILLS = 3;
  private static final long ENOUGH_NANOS = 40_000_000_000L;

  @TempDir Path folder;

  @Test
  void delivers_whatever_the_source_was_told_is_safe_when_killed_at_random() throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    long begun = System.nanoTime();
    long next = 1;
    long told = 0;
    int kills = 0;
    Set<Long> safe = new HashSet<>();
    while (kills < LEAST_KILLS || (kills < KILLS && System.nanoTime() - begun < ENOUGH_NANOS)) {
      Process process = start(next, Long.MAX_VALUE - 1);
      long lines = random.nextInt(5, 200);
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line = out.readLine();
        for (long i = 1; line != null; line = out.readLine()) {
          told = Math.max(told, Long.parseLong(line));
          if (++i == lines) {
            // By its handle, which leaves the pipe open: lines that it had printed still come.
            process.toHandle().destroyForcibly();
          }
        }
      }
      assertThat(process.waitFor()).as("seed %d, kill %d", seed, kills).isEqualTo(137);
      for (long n = next; n <= told; n++) {
        safe.add(n);
      }
      next = told + 1_000_000; // What it had taken from there on, nobody was told about.
      kills++;
    }
    Process last = start(next, next + 10);
    last.getInputStream().readAllBytes();
    assertThat(last.waitFor()).isZero();

    Map<Long, Integer> delivered = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(folder.resolve("out"))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.endsWith(";")) { // A killed process may leave half a line.
          delivered.merge(Long.parseLong(line.substring(0, line.length() - 1)), 1, Integer::sum);
        }
      }
    }
    safe.removeAll(delivered.keySet());
    System.out.printf(
        "SpoolKillTest: %d kills, %d records delivered, at most %d times each%n",
        kills, delivered.size(), delivered.values().stream().max(Integer::compare).orElse(0));
    assertThat(safe).as("seed %d: lost", seed).isEmpty();
  }

  private Process start(long first, long last) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SpoolKillTest.class.getName(),
            folder.toString(),
            Long.toString(first),
            Long.toString(last))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The process that is killed: a pipeline that prints up to where its source was told. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    LiveSource live = new LiveSource(Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
    live.onAcknowledged = out::println;
    try (Pipeline pipeline =
        Pipeline.builder("kill")
            .source("live", SpooledSource.of(live, folder.resolve("spool"), 1 << 20))
            .forebay(4, 1 << 14)
            .sink("out", new LineSink(folder.resolve("out")))
            .deadLetters(new LinesOfDead(folder.resolve("out")))
            .build()) {
      System.exit(pipeline.run() instanceof PipelineResult.Completed ? 0 : 1);
    }
  }

  private static void append(FileChannel channel, long n) throws IOException {
    ByteBuffer line = ByteBuffer.wrap((n + ";\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  /** Appends a line a record, and keeps no progress. */
  private static final class LineSink implements Sink {
    private final Path path;
    private FileChannel channel;

    LineSink(Path path) {
      this.path = path;
    }

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) throws IOException {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }

    @Override
    public void write(Batch batch) throws IOException {
      for (int row = 0; row < batch.rows(); row++) {
        append(channel, batch.int64("n").get(row));
      }
    }

    @Override
    public void commit(Progress progress) throws IOException {
      channel.force(false);
    }

    @Override
    public boolean effectivelyOnce() {
      return false;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Appends the number of an unreadable record to the same file. */
  private static final class LinesOfDead implements DeadLetters {
    private final Path path;
    private FileChannel channel;

    LinesOfDead(Path path) {
      this.path = path;
    }

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) throws IOException {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void write(Rejection rejection) throws IOException {
      String text = ((Rejection.Text) rejection.content()).start();
      append(channel, Long.parseLong(text.substring(1, text.length() - 1)));
    }

    @Override
    public void commit(Progress progress) throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
