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
import org.junit.jupiter.params.provider.ValueSource;

/** SIGTERM lets the service deliver what it has read; the same command goes on behind it. */
@EnabledOnOs(OS.LINUX)
class DrainTest {
  @TempDir static Path folder;

  private static FileWorkload workload;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    workload = new FileWorkload(folder.resolve("workload"));
    workload.runUndisturbed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inline", "threads", "processes"})
  void drains_and_resumes_when_terminated_halfway(String on) throws Exception {
    Path place = workload.place("drain-" + on, on);
    CommandLine forebay = new CommandLine(place);
    Path out = place.resolve("out.jsonl");

    Process process = forebay.start("run", "pipeline.yaml", "--no-progress");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> Files.exists(out) && Files.size(out) > 0);
    process.destroy();

    assertThat(process.waitFor()).as(forebay.printed()).isEqualTo(143);
    assertThat(forebay.processes()).isEmpty();
    long drained = Files.size(out);
    assertThat(Files.readString(out)).endsWith("\n");
    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress")).as(forebay.printed()).isZero();
    assertThat(Files.size(out)).isGreaterThan(drained);
    workload.assertSameOutputs(place, "drained, " + on);
  }
}
