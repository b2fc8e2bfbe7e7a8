package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disk that runs full ends the run with the reason; with room again, the same command goes on.
 * Needs the right to mount a tmpfs, and is skipped without it.
 */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
  @TempDir static Path folder;

  private static FileWorkload workload;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    workload = new FileWorkload(folder.resolve("workload"));
    workload.runUndisturbed();
  }

  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectories(folder.resolve("disk"));
    String answer = command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
    mounted = answer.isEmpty();
    assumeTrue(mounted, "a small disk cannot be mounted here: " + answer);
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      command("umount", disk.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 600, 2048})
  void goes_on_when_there_is_room_again(int kibibytes) throws Exception {
    Path place = workload.place("full-" + kibibytes, "threads");
    workload.writePipeline(place, disk.toString(), "threads");
    CommandLine forebay = new CommandLine(place);
    resize(kibibytes + "k");

    int exit = forebay.run("run", "pipeline.yaml", "--no-progress");

    assertThat(exit).as(forebay.printed()).isEqualTo(1);
    assertThat(forebay.printed()).containsIgnoringCase("no space left");
    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress"))
        .as("still full: %s", forebay.printed())
        .isEqualTo(1);

    resize("64m");
    assertThat(forebay.run("run", "pipeline.yaml", "--no-progress")).as(forebay.printed()).isZero();
    workload.assertSameOutputs(disk, "after a full disk of " + kibibytes + " KiB");
  }

  private void resize(String size) throws Exception {
    assertThat(command("mount", "-o", "remount,size=" + size, disk.toString())).isEmpty();
  }

  /** What the command answers; empty if it went well. */
  private static String command(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : "exit " + process.exitValue() + " " + printed;
  }
}
