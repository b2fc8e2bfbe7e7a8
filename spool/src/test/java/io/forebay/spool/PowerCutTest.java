package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.spool.ForgetfulDisk.Crash;
import io.forebay.spool.ForgetfulDisk.Mistake;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kills the spool and cuts the power at every moment of its life. */
@Timeout(120)
class PowerCutTest {
  private static final int RECORDS = 60;

  @TempDir Path directory;

  /** What the source was told is safe, and what the spool was told is delivered. */
  private final AtomicLong told = new AtomicLong();

  private final AtomicLong delivered = new AtomicLong();
  private final AtomicReference<Throwable> broken = new AtomicReference<>();
  private int crashes;
  private ForgetfulDisk disk;

  private static byte[] payload(long sequence) {
    // Large, so that segments follow one another.
    return ("record " + sequence + " ").repeat(2_500).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void keeps_what_it_said_is_safe_when_the_power_is_cut_at_any_moment() throws Exception {
    live(Mistake.NONE);

    assertThat(broken.get()).isNull();
    assertThat(crashes).isGreaterThan(400);
    assertThat(told.get()).isEqualTo(RECORDS);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void the_test_finds_the_mistake(Mistake mistake) {
    assertThatThrownBy(
            () -> {
              live(mistake);
              if (broken.get() != null) {
                throw broken.get();
              }
            })
        .isInstanceOfAny(AssertionError.class, IOException.class, IllegalStateException.class);
  }

  /** Appends, reads and releases; at each change of the disk, all crashes are tried. */
  private void live(Mistake mistake) throws Exception {
    disk = new ForgetfulDisk(mistake, this::crash);
    Path place = Files.createDirectory(directory.resolve("live"));
    SpoolListener listener =
        new SpoolListener() {
          @Override
          public void durable(long sequence, List<Group.Reached> marks) {
            long reached = marks.getLast().position().sequence();
            assertThat(reached).isEqualTo(sequence);
            told.set(reached);
            crash();
          }

          @Override
          public void trouble(String what) {}
        };
    Limits limits = new Limits(1 << 20, 60_000, 1_000_000);
    Group.Mark mark = new Group.Mark("p");
    try (SpoolLog log =
            new SpoolLog(
                new SpoolFolder.Place(place, limits, disk, false),
                SpoolFolder.Known.NOTHING,
                listener,
                () -> new byte[] {7},
                Recovered.Visitor.NOBODY,
                notice -> {});
        SpoolReader reader = new SpoolReader(log, 0)) {
      for (long n = 1; n <= RECORDS && broken.get() == null; n++) {
        byte[] payload = payload(n);
        assertThat(log.append(payload, payload.length, mark, n, n)).isEqualTo(n);
        if (n % 10 == 0) {
          log.sync();
          for (long read = n - 9; read <= n; read++) {
            assertThat(reader.next()).isEqualTo(SpoolReader.Found.FRAME);
            assertThat(reader.sequence()).isEqualTo(read);
          }
          delivered.set(n - 3);
          log.release(n - 3);
        }
      }
    }
  }

  private void crash() {
    if (broken.get() != null) {
      return;
    }
    try {
      for (Crash crash : Crash.values()) {
        Path left = Files.createDirectory(directory.resolve("crash-" + crashes++));
        disk.leave(crash, left);
        check(left, crash + " with " + told + " safe and " + delivered + " delivered");
        try (Stream<Path> files = Files.list(left)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      broken.set(e);
    }
  }

  private void check(Path left, String when) throws IOException, InterruptedException {
    long safe = told.get();
    long cursor = new Cursor(left, SpoolDisk.REAL).read().sequence();
    assertThat(cursor).as(when).isLessThanOrEqualTo(delivered.get());
    SpoolListener nobody =
        new SpoolListener() {
          @Override
          public void durable(long sequence, List<Group.Reached> marks) {}

          @Override
          public void trouble(String what) {}
        };
    SpoolDisk fast = new FastDisk();
    Limits limits = new Limits(1 << 20, 60_000, 1_000_000);
    try (SpoolLog log =
            new SpoolLog(
                new SpoolFolder.Place(left, limits, fast, false),
                SpoolFolder.Known.NOTHING,
                nobody,
                () -> new byte[] {7},
                Recovered.Visitor.NOBODY,
                notice -> {});
        SpoolReader reader = new SpoolReader(log, log.released())) {
      log.end();
      long last = log.released();
      assertThat(last).as(when).isBetween(cursor, delivered.get());
      while (reader.next() == SpoolReader.Found.FRAME) {
        assertThat(reader.sequence()).as(when).isEqualTo(++last);
        byte[] payload = new byte[reader.payload().remaining()];
        reader.payload().get(payload);
        assertThat(payload).as(when).isEqualTo(payload(last));
      }
      assertThat(reader.next()).as(when).isEqualTo(SpoolReader.Found.END);
      assertThat(last).as(when).isGreaterThanOrEqualTo(safe);
      assertThat(log.append(new byte[] {1}, 1, null, 0, 0)).as(when).isEqualTo(last + 1);
    }
  }

  /** Without fsync: this spool is not cut off. */
  private static final class FastDisk implements SpoolDisk {
    @Override
    public FileChannel open(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return new ForgetfulDisk(Mistake.NONE, () -> {}).open(path, options);
    }

    @Override
    public void forceDirectory(Path path) {}
  }
}
