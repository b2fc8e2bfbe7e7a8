package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.slots.Slot;
import io.forebay.workers.OwnProcess;
import io.forebay.workers.Python;
import io.forebay.workers.api.Completion;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Python workers leave nothing behind: no process, thread, descriptor, file. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class PythonLeftoversTest {
  @BeforeAll
  static void needsPython() {
    Python.assumeThere();
  }

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
      Map<String, Long> before = LeftoversTest.inventory();
      for (int i = 0; i < 3; i++) {
        openAndClose();
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(LeftoversTest.inventory()).isEqualTo(before));
    }
  }

  private static void openAndClose() throws Exception {
    try (var fixture = open()) {
      for (int i = 0; i < 10; i++) {
        Slot slot = fixture.fill(0, 5, 0, r -> r);
        assertThat(fixture.pool.submit(slot).get()).isInstanceOf(Completion.Done.class);
        if (i == 5) {
          fixture.workers().get(0).destroyForcibly();
        }
      }
    }
  }

  private static PoolFixture open() throws Exception {
    return new PoolFixture(
        PoolFixture.On.PROCESSES,
        Python.function("acts.copies"),
        PoolFixture.config(2, 2),
        64 << 10);
  }

  /** Holds a pool whose workers do not end by themselves, until it is killed. */
  static final class Holder {
    private Holder() {}

    /** {@code args}: what the function does in turn. Prints the workers' process ids. */
    public static void main(String[] args) throws Exception {
      try (var fixture = open()) {
        int rows = args.length;
        var first = fixture.pool.submit(fixture.fill(0, rows, 0, r -> Integer.parseInt(args[r])));
        var second = fixture.pool.submit(fixture.fill(1, rows, 0, r -> Integer.parseInt(args[r])));
        System.out.println(
            String.join(" ", fixture.workers().stream().map(worker -> "" + worker.pid()).toList()));
        first.get();
        second.get();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-14", "-15", "-21", "-18 -14"})
  void workers_and_what_they_have_started_end_when_their_engine_is_killed(String acts)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Holder.class.getName()));
    command.addAll(List.of(acts.split(" ", -1)));
    Process holder = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<ProcessHandle> workers = new ArrayList<>();
    try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
      for (String pid : out.readLine().split(" ", -1)) {
        workers.add(ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
      }
      if (acts.startsWith("-18")) {
        await().until(() -> workers.stream().allMatch(w -> w.children().findAny().isPresent()));
        List.copyOf(workers).forEach(worker -> worker.children().forEach(workers::add));
        assertThat(workers).hasSize(4);
        await().pollDelay(Duration.ofMillis(500)).until(() -> true); // More than a heart beat.
      }
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(workers).noneMatch(ProcessHandle::isAlive));
  }
}
