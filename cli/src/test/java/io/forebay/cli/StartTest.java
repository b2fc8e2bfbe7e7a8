package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command does not do before and after its work, because it takes time. */
final class StartTest {
  @Test
  void looks_through_the_class_path_for_nothing_when_a_file_is_validated(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("pipeline.yaml");
    Files.writeString(
        file,
        """
        name: small
        sources:
          - { name: sensors, type: simulated, sensors: 1, records: 1, rate: 0, seed: 1 }
        stages:
          - { name: features, cpu: io.forebay.functions.LectureFeatures, on: inline }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """);
    Path log = folder.resolve("jvm.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+load,exceptions=info:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "validate",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.txt").toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("out.txt"))).isZero();
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).anyMatch(line -> line.contains(" " + Main.class.getName() + " "));
    // Services, such as loggers, are looked for in each jar; so is a class that is not there.
    assertThat(lines).noneMatch(line -> line.contains("ServiceLoader$LazyClassPathLookupIterator"));
    assertThat(lines).noneMatch(line -> line.contains("groovy.lang"));
  }
}
