package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The archive that {@code ./dist} builds, unpacked elsewhere and used without a JDK. */
@EnabledOnOs(OS.LINUX)
@EnabledIfSystemProperty(named = "forebay.long", matches = "true")
final class PackageTest {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  private String run(Path directory, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path printed = Files.createTempFile(folder, "printed", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    String out = Files.readString(printed);
    assertThat(code).as(out).isZero();
    return out;
  }

  @Test
  void runs_the_lectures_pipeline_where_no_java_is_known() throws Exception {
    run(ROOT, System.getenv(), "./dist");
    Path archive;
    try (DirectoryStream<Path> archives =
        Files.newDirectoryStream(ROOT.resolve("target/dist"), "*.tar.gz")) {
      archive = archives.iterator().next();
    }
    run(folder, System.getenv(), "tar", "xzf", archive.toString());
    Path unpacked = folder.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
    Map<String, String> bare = Map.of("PATH", "/usr/bin:/bin");

    assertThat(run(unpacked, bare, "bin/forebay", "--version"))
        .containsPattern("forebay [0-9].* \\([0-9a-f]{10}(-changed)?, [0-9-]{10}\\)");
    run(unpacked, bare, "bin/forebay", "run", "examples/lecture.yaml", "--no-progress");

    try (var lines = Files.lines(unpacked.resolve("out/features.jsonl"))) {
      assertThat(lines).hasSize(50_000);
    }
    assertThat(List.of("runtime/bin/java", "share/forebay-completion.bash", "licences"))
        .allSatisfy(name -> assertThat(unpacked.resolve(name)).exists());
    assertThat(unpacked.resolve("runtime/bin/javac")).doesNotExist();
  }
}
