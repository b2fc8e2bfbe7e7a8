package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.workers.Functions;
import io.forebay.workers.Python;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.internal.process.WorkerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine is killed: nothing of it stays, whatever its workers do at that moment. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class EngineKilledTest {
  /** Two seconds is the aim; a loaded machine needs more. The test prints what it took. */
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path temporary;

  /** Holds a pool whose workers do not end by themselves, until it is killed. */
  static final class Holder {
    private Holder() {}

    /** {@code args}: java or python, and what the records of each batch do in turn. */
    public static void main(String[] args) throws Exception {
      FunctionSpec function =
          args[0].equals("java")
              ? new FunctionSpec(Functions.ActsOnRecords.class.getName(), Map.of())
              : Python.function("acts.copies");
      int rows = args.length - 1;
      System.out.println("starting");
      try (var fixture =
          new PoolFixture(PoolFixture.On.PROCESSES, function, PoolFixture.config(2, 1), 64 << 10)) {
        var first =
            fixture.pool.submit(fixture.fill(0, rows, 0, r -> Integer.parseInt(args[r + 1])));
        var second =
            fixture.pool.submit(fixture.fill(1, rows, 0, r -> Integer.parseInt(args[r + 1])));
        System.out.println("ready");
        first.get();
        second.get();
      }
    }
  }

  private Process hold(String language, String acts) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Holder.class.getName()));
    command.add(language);
    command.addAll(List.of(acts.split(" ", -1)));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Not the JDK's helper, which becomes the worker a moment later. */
  private static boolean isWorker(ProcessHandle process) {
    return process
        .info()
        .arguments()
        .map(List::of)
        .filter(a -> a.contains("-I") || a.contains(WorkerMain.class.getName()))
        .isPresent();
  }

  private static Set<String> sharedMemory() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
      return files
          .map(Path::toString)
          .filter(name -> name.contains("forebay")) // Not those of a store that runs meanwhile.
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static void assertNothingLeft(
      List<ProcessHandle> processes, Path temporary, Set<String> shared, long killed)
      throws IOException {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
    System.out.printf("all gone after %.0f ms%n", (System.nanoTime() - killed) / 1e6);
    await().atMost(SOON).untilAsserted(() -> assertThat(temporary).isEmptyDirectory());
    assertThat(sharedMemory()).isEqualTo(shared);
  }

  @ParameterizedTest
  @CsvSource({
    "java, -14, 2",
    "java, -15, 2",
    "java, -18 -14, 4",
    "java, -18 -15, 4",
    "python, -14, 2",
    "python, -21, 2",
    "python, -18 -15, 4"
  })
  void leaves_nothing_when_its_workers_compute(String language, String acts, int processes)
      throws Exception {
    if (language.equals("python")) {
      Python.assumeThere();
    }
    Set<String> shared = sharedMemory();
    Process holder = hold(language, acts);
    List<ProcessHandle> descendants;
    try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("starting");
      assertThat(out.readLine()).isEqualTo("ready");
      await().atMost(Duration.ofSeconds(30)).until(() -> holder.descendants().count() == processes);
      descendants = holder.descendants().toList();
      // A worker looks some times a second whether it has children.
      await().pollDelay(Duration.ofMillis(700)).until(() -> true);
    } finally {
      holder.destroyForcibly();
    }
    long killed = System.nanoTime();
    holder.waitFor();
    assertNothingLeft(descendants, temporary, shared, killed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python"})
  void leaves_nothing_when_its_workers_start(String language) throws Exception {
    if (language.equals("python")) {
      Python.assumeThere();
    }
    Set<String> shared = sharedMemory();
    Process holder = hold(language, "-14");
    List<ProcessHandle> descendants;
    try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("starting");
      await()
          .pollInterval(Duration.ofMillis(2))
          .atMost(Duration.ofSeconds(30))
          .until(() -> holder.children().filter(EngineKilledTest::isWorker).count() == 2);
      descendants = holder.descendants().toList();
    } finally {
      holder.destroyForcibly();
    }
    long killed = System.nanoTime();
    holder.waitFor();
    if (language.equals("python")) {
      // Where the program was not sent yet, nobody knows of the socket's directory any more.
      try (Stream<Path> left = Files.list(temporary)) {
        assertThat(left).allMatch(folder -> folder.getFileName().toString().startsWith("forebay-"));
      }
      assertNothingLeft(descendants, Files.createDirectory(temporary.resolve("x")), shared, killed);
    } else {
      assertNothingLeft(descendants, temporary, shared, killed);
    }
  }
}
