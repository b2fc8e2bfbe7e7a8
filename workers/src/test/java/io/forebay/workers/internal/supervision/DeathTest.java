package io.forebay.workers.internal.supervision;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.RowShape;
import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.Hostile;
import io.forebay.workers.Python;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.process.Grandchildren;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of workers that {@link SupervisionTest} does not have, and what is said of them. */
@Timeout(240)
@EnabledOnOs(OS.LINUX)
final class DeathTest {
  private static final long SLOT_BYTES = 64 << 10;

  @TempDir private Path folder;

  private static FunctionSpec function(String language, Class<?> java, String python) {
    if (language.equals("java")) {
      return new FunctionSpec(java.getName(), Map.of());
    }
    Python.assumeThere();
    return Python.function(python);
  }

  private static PoolFixture pool(FunctionSpec function, int seconds) throws Exception {
    var config = new PoolConfig("test", 2, 2, Duration.ofSeconds(seconds), 64 << 20);
    return new PoolFixture(PoolFixture.On.PROCESSES, function, config, SLOT_BYTES);
  }

  @ParameterizedTest
  @CsvSource({
    "java, -1, 60, ran out of memory (limit 64 MiB), OutOfMemoryError: Cannot reserve",
    "java, -2, 2, was killed because a call with one record took longer than 2 s, exit code 137",
    "python, -2, 2, was killed because a call with one record took longer than 2 s, exit code 137",
  })
  void says_what_a_record_did(String language, int deed, int timeout, String what, String evidence)
      throws Exception {
    FunctionSpec function = function(language, Hostile.Deeds.class, "hostile.deeds");
    try (var fixture = pool(function, timeout)) {
      Slot slot = fixture.fill(0, 6, 0, r -> r == 3 ? deed : r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      Completion.Lost lost = (Completion.Lost) completion;
      assertThat(lost.row()).isEqualTo(3);
      assertThat(lost.reason()).contains("stage test gave up a record").contains(what);
      assertThat(lost.evidence()).contains(evidence);
    }
  }

  /** The report of the virtual machine and that of Python's faulthandler are the evidence. */
  @ParameterizedTest
  @CsvSource({
    "java, -13, SIGSEGV, Problematic frame",
    "python, -13, Segmentation fault, string_at",
    "python, -20, Fatal Python error: Aborted, acts.py",
  })
  void keeps_the_crash_report_as_evidence(String language, int act, String signal, String place)
      throws Exception {
    try (var fixture = pool(function(language, Functions.ActsOnRecords.class, "acts.copies"), 60)) {
      Slot slot = fixture.fill(0, 3, 0, r -> r == 1 ? act : r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      assertThat(((Completion.Lost) completion).evidence()).contains(signal).contains(place);
      try (var files = Files.newDirectoryStream(Path.of(""), "{hs_err*,core*}")) {
        assertThat(files).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python"})
  void cannot_take_the_shared_memory_away(String language) throws Exception {
    try (var fixture = pool(function(language, Hostile.Deeds.class, "hostile.deeds"), 60)) {
      Slot slot = fixture.fill(0, 3, 0, r -> r == 1 ? -3 : r);
      Completion completion = fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      Completion.Done done = (Completion.Done) completion;
      assertThat(done.result().rejected()).hasSize(1);
      assertThat(done.result().rejected().getFirst().reason()).contains("ermi"); // permitted
      assertThat(SupervisionTest.ids(fixture.kept(slot, done))).containsExactly(0L, 2L);
      assertThat(fixture.said).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "python"})
  void captures_what_a_function_prints_when_it_is_100_megabytes(String language) throws Exception {
    try (var fixture = pool(function(language, Hostile.Deeds.class, "hostile.deeds"), 120)) {
      Slot slot = fixture.fill(0, 20, 0, r -> r % 2 == 0 ? -4 : -5);
      Completion completion = fixture.pool.submit(slot).get(120, TimeUnit.SECONDS);
      assertThat(SupervisionTest.ids(fixture.kept(slot, completion))).hasSize(20);
      // The protocol is untouched: the same worker goes on.
      Slot healthy = fixture.fill(1, 10, 100, r -> r);
      Completion next = fixture.pool.submit(healthy).get(60, TimeUnit.SECONDS);
      assertThat(SupervisionTest.ids(fixture.kept(healthy, next))).hasSize(10);
      assertThat(fixture.said).isEmpty();
      fixture.pool.close();
      assertThat(fixture.printed)
          .hasSizeBetween(1_000, 40_000)
          .allMatch(line -> line.startsWith("[test worker-") && line.length() < 4_200)
          .anyMatch(line -> line.matches(".* line 0 x{88}"))
          .anyMatch(line -> line.matches(".*… [0-9]+ lines left out: .*"))
          .allMatch(line -> line.chars().allMatch(c -> c >= ' ' || c == '\t'));
    }
  }

  /** A child that holds the pipe of the output keeps nobody from noticing the end. */
  @ParameterizedTest
  @ValueSource(strings = {"java", "python"})
  void notices_the_end_when_a_grandchild_holds_the_output(String language) throws Exception {
    try (var fixture = pool(function(language, Hostile.Deeds.class, "hostile.deeds"), 60)) {
      Slot slot = fixture.fill(0, 1, 0, r -> -6);
      fixture.pool.submit(slot).get(60, TimeUnit.SECONDS);
      ProcessHandle parent =
          fixture.workers().stream()
              .filter(w -> w.children().findAny().isPresent())
              .findFirst()
              .orElseThrow();
      ProcessHandle child = parent.children().findFirst().orElseThrow();
      parent.destroyForcibly();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> fixture.workers().size() == 2 && !child.isAlive());
      assertThat(fixture.said.getFirst()).contains("1 processes that it had started were killed");
    }
  }

  private FunctionSpec startsBadly(String language, Path file, boolean forks) throws Exception {
    if (language.equals("java")) {
      return new FunctionSpec(
          Hostile.StartsBadly.class.getName(),
          Map.of("file", file.toString(), "forks", "" + forks));
    }
    Python.assumeThere();
    Files.writeString(
        folder.resolve("starts_badly.py"),
        """
        import os, subprocess
        if os.path.exists(%1$s):
            for i in range(3 if %2$s else 0):
                subprocess.Popen(["sh", "-c",
                    "i=0; while [ $i -lt 60 ]; do sleep 300 & i=$((i+1)); done; wait"])
            print("no licence", flush=True)
            os._exit(5)

        def copies(records):
            return [{**record, "copied": record["id"]} for record in records]
        """
            .formatted("'" + file + "'", forks ? "True" : "False"));
    return new FunctionSpec(
        "python:starts_badly.copies",
        Map.of(),
        new PythonSettings("python3", List.of(folder), Optional.empty(), RowShape.SAME));
  }

  @ParameterizedTest
  @CsvSource({"java, false", "java, true", "python, false", "python, true"})
  void pauses_when_replacements_die_at_start_and_goes_on_when_they_do_not(
      String language, boolean forks) throws Exception {
    Path file = folder.resolve("bad");
    try (var fixture = pool(startsBadly(language, file, forks), 60)) {
      Fleet fleet = fixture.processes().fleet;
      fleet.lock.lock();
      try {
        fleet.breaker.pauseNanos = 1_000_000_000L;
      } finally {
        fleet.lock.unlock();
      }
      Files.createFile(file);
      fixture.workers().forEach(ProcessHandle::destroyForcibly);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> fixture.said.stream().anyMatch(s -> s.contains("does not call its workers")));
      assertThat(fixture.said)
          .anyMatch(s -> s.contains("ended itself with exit code 5; a new one starts in"));
      assertThat(fixture.printed).anyMatch(s -> s.endsWith("no licence"));
      // Nothing of what they have started is left.
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ProcessHandle.allProcesses().noneMatch(DeathTest::isLeftover));
      Files.delete(file);
      Slot slot = fixture.fill(0, 3, 0, r -> r);
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> fixture.pool.submit(slot).get() instanceof Completion.Done);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> fixture.said.stream().anyMatch(s -> s.contains("calls its workers again")));
    }
  }

  private static boolean isLeftover(ProcessHandle process) {
    String ours = Grandchildren.VARIABLE + "=" + ProcessHandle.current().pid() + "-";
    try {
      return process.info().arguments().filter(a -> List.of(a).equals(List.of("300"))).isPresent()
          && Files.readString(Path.of("/proc/" + process.pid() + "/environ"), ISO_8859_1)
              .contains(ours);
    } catch (IOException e) {
      return false; // It has ended.
    }
  }

  @Test
  void is_not_blamed_when_the_first_death_came_from_outside() {
    var history = new CallHistory();
    assertThat(history.recordDeath(WorkerEnd.Kind.KILLED, 4, false))
        .isEqualTo(new CallHistory.Verdict.Retry());
    assertThat(history.recordDeath(WorkerEnd.Kind.TIMED_OUT, 4, true))
        .isEqualTo(new CallHistory.Verdict.CallAlone(4));
    assertThat(history.recordDeath(WorkerEnd.Kind.TIMED_OUT, 4, true))
        .isEqualTo(new CallHistory.Verdict.GiveUp(4, 3));
  }
}
