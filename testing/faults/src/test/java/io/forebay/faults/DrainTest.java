package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A signal that asks to end, to the service alone or to every process of its group, lets it deliver
 * what it has read; the same command goes on behind it.
 */
@EnabledOnOs(OS.LINUX)
class DrainTest {
  /**
   * Workers pass over signals from their first fifth of a second on; they start in this time, too.
   */
  private static final Duration YOUNG = Duration.ofMillis(1_500);

  @TempDir static Path folder;

  private static FileWorkload workload;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    workload = new FileWorkload(folder.resolve("workload"));
    workload.runUndisturbed();
  }

  @ParameterizedTest
  @CsvSource({
    "inline, INT, 130",
    "threads, HUP, 129",
    "processes, TERM, 143",
    "processes, HUP, 129"
  })
  void drains_and_resumes_when_terminated_halfway(String on, String signal, int code)
      throws Exception {
    Path place = workload.place("drain-" + on + "-" + signal, on);
    CommandLine forebay = new CommandLine(place);
    Path out = place.resolve("out.jsonl");

    Process process = forebay.start("run", "pipeline.yaml", "--no-progress");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(YOUNG)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.exists(out) && Files.size(out) > 0);
    // As a terminal, a service manager and timeout(1) do: the workers get it, too.
    for (ProcessHandle worker : process.descendants().toList()) {
      send(signal, worker.pid());
    }
    send(signal, process.pid());

    assertThat(process.waitFor()).as(forebay.printed()).isEqualTo(code);
    assertThat(forebay.printed()).contains("SIG" + signal).doesNotContain("worker-");
    assertThat(forebay.processes()).isEmpty();
    long drained = Files.size(out);
    assertThat(Files.readString(out)).endsWith("\n");
    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress")).as(forebay.printed()).isZero();
    assertThat(Files.size(out)).isGreaterThan(drained);
    workload.assertSameOutputs(place, "drained, " + on);
  }

  private static void send(String signal, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
  }
}
