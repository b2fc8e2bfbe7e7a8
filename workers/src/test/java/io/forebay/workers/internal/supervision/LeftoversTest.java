package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.OwnProcess;
import io.forebay.workers.api.Completion;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is left behind: no process, thread, descriptor, file. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class LeftoversTest {

  @TempDir Path temporary;

  @Test
  void leaves_nothing_when_pools_are_opened_and_closed() throws Exception {
    assertThat(OwnProcess.run(temporary, Pools.class)).isZero();
  }

  /** In a process with a temporary folder of its own: nobody else's files are counted. */
  static final class Pools {
    private Pools() {}

    public static void main(String[] arguments) throws Exception {
      openAndClose(); // Classes are loaded, permanent threads started.
      Map<String, Long> before = inventory();
      for (int i = 0; i < 8; i++) {
        openAndClose();
      }
      // A thread of the JDK that has waited for a process lingers for a minute at most.
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(inventory()).isEqualTo(before));
    }
  }

  private static void openAndClose() throws Exception {
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES, Functions.Feature.class, PoolFixture.config(2, 2))) {
      for (int i = 0; i < 10; i++) {
        Slot slot = fixture.fill(0, 5, 0, r -> r);
        assertThat(fixture.pool.submit(slot).get()).isInstanceOf(Completion.Done.class);
        if (i == 5) {
          fixture.workers().get(0).destroyForcibly();
        }
      }
    }
  }

  static Map<String, Long> inventory() throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("children", ProcessHandle.current().children().count());
    counts.put("descriptors", count(Path.of("/proc/self/fd"), ""));
    counts.put("temporary files", count(Path.of(System.getProperty("java.io.tmpdir")), "forebay-"));
    counts.put("shared memory", count(Path.of("/dev/shm"), "forebay"));
    counts.put(
        "mappings",
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
            .filter(line -> line.contains("memfd:forebay"))
            .count());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("forebay-")) {
        counts.merge(thread.getName(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static long count(Path directory, String prefix) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
    }
  }

  /** Holds a pool whose workers loop endlessly, until it is killed. */
  static final class Holder {
    private Holder() {}

    /** Prints the workers' process ids. */
    public static void main(String[] args) throws Exception {
      try (var fixture =
          new PoolFixture(
              PoolFixture.On.PROCESSES, Functions.Acts.class, PoolFixture.config(2, 1))) {
        var first = fixture.pool.submit(fixture.fill(0, 1, 0, r -> -14));
        System.out.println(
            String.join(" ", fixture.workers().stream().map(worker -> "" + worker.pid()).toList()));
        first.get();
      }
    }
  }

  @Test
  void workers_end_when_their_engine_is_killed() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName())
            .redirectErrorStream(true)
            .start();
    List<ProcessHandle> workers = new ArrayList<>();
    try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine();
      Pattern.compile(" ")
          .splitAsStream(line)
          .forEach(pid -> workers.add(ProcessHandle.of(Long.parseLong(pid)).orElseThrow()));
    } finally {
      holder.destroyForcibly();
    }
    assertThat(workers).hasSize(2);
    assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
    // Half a second is what it takes; a loaded machine needs more.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(workers).noneMatch(ProcessHandle::isAlive));
  }
}
