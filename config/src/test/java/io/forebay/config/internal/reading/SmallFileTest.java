package io.forebay.config.internal.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.forebay.config.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pipe is not waited for and a device not read to its end, wherever a small file is named. */
final class SmallFileTest {
  @TempDir private Path folder;

  @BeforeEach
  void make() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", folder.resolve("fifo").toString()).start().waitFor())
        .isZero();
    Files.createSymbolicLink(folder.resolve("zero"), Path.of("/dev/zero"));
    Files.createDirectories(folder.resolve("folder"));
    Files.write(folder.resolve("large"), new byte[(1 << 20) + 1]);
    Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
  }

  private String refusal(String file) {
    List<String> problems = new java.util.ArrayList<>();
    try {
      SmallFile.read(folder.resolve(file), 1 << 20);
    } catch (SmallFile.RefusedException e) {
      problems.add(e.getMessage());
    }
    return String.join("", problems);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fifo|is not a regular file, and only such a one is read",
        "zero|is not a regular file, and only such a one is read",
        "/dev/zero|is not a regular file, and only such a one is read",
        "/dev/stdin|is not a regular file, and only such a one is read",
        "folder|is a folder, not a file",
        "large|has more than 1 MiB",
        "not-there|does not exist",
        "binary|is not UTF-8 text"
      })
  void refuses_what_is_no_small_file_at_once(String file, String sentence) {
    if (file.equals("/dev/stdin") && Files.isRegularFile(Path.of(file))) {
      return; // the tests have a file there
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertThat(refusal(file)).isEqualTo(sentence));
  }

  @Test
  void reads_a_file_that_says_that_it_is_empty() throws Exception {
    assertThat(SmallFile.read(Path.of("/proc/self/status"), 1 << 20)).contains("Pid:");
  }

  @Test
  void refuses_a_file_without_an_end_that_says_that_it_is_regular() {
    assertThatThrownBy(() -> SmallFile.read(Path.of("/proc/self/status"), 8))
        .hasMessage("has more than 0 KiB");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sources.in.token=${file:F/fifo}|the file 'F/fifo' is not a regular file",
        "sources.in.token=${file:/dev/zero}|the file '/dev/zero' is not a regular file",
        "sources.in.token=${file:F/large}|the file 'F/large' has more than 64 KiB",
        "sources.in.token=${file:F/folder}|the file 'F/folder' is a folder",
        "sources.in.tls.key=fifo|sources[0].tls.key: 'fifo' is not a regular file",
        "sources.in.tls.certificate=large|certificate: 'large' has more than 1 MiB",
        "sources.in.tls.clientCa=folder|clientCa: 'folder' is a folder",
        "sinks.k.caFile=fifo|caFile: 'fifo' is not a regular file",
        "sinks.k.caFile=/dev/zero|caFile: '/dev/zero' is not a regular file",
        "sinks.m.tls={ ca: fifo }|tls.ca: 'fifo' is not a regular file",
        "sinks.p.caFile=not-there|caFile: 'not-there' does not exist",
        "classPath=[fifo]|classPath[0]: 'fifo' is neither a jar nor a folder"
      })
  void refuses_it_wherever_a_pipeline_file_names_one(String override, String sentence) {
    String set = override.replace("F/", folder + "/");
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatThrownBy(() ->
                    PipelineFile.parse(
                        "plant.yaml",
                        """
                        name: plant
                        sources:
                          - { name: in, type: http, tls: { certificate: a.pem, key: b.pem } }
                        sinks:
                          - { name: k, type: kafka, brokers: b, topic: t }
                          - { name: m, type: mqtt, broker: mqtts://b, topic: t }
                          - { name: p, type: postgres, database: d, user: u, table: t }
                        """,
                        List.of(set),
                        name -> null,
                        folder))
                .hasMessageContaining(sentence.replace("F/", folder + "/")));
  }

  @Test
  void refuses_a_pipeline_file_that_is_a_pipe_or_a_device() {
    for (Path file : List.of(folder.resolve("fifo"), Path.of("/dev/zero"))) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(5),
          () ->
              assertThatThrownBy(() -> PipelineFile.read(file, List.of()))
                  .hasMessage(file + ": is not a regular file, and only such a one is read"));
    }
  }
}
