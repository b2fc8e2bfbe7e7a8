package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import io.forebay.workers.Python;
import io.forebay.workers.internal.protocol.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Python worker's own tests, and what is shipped of it. */
final class PythonSourcesTest {
  private static final Path ROOT = Path.of("../python");

  /** Also the bytes of slots, frames and rings, which are the golden ones of the Java side. */
  @Test
  void passes_its_own_tests_when_python_runs_them() throws Exception {
    Python.assumeThere();
    ProcessBuilder builder =
        new ProcessBuilder("python3", "-B", "-m", "unittest", "discover", "-t", ".", "-s", "tests")
            .directory(ROOT.toFile())
            .redirectErrorStream(true);
    builder.environment().put("FOREBAY_SEED", String.valueOf(Seed.of(1)));
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed).contains("Ran ").contains("OK");
    System.out.println(printed.lines().filter(line -> line.startsWith("Ran ")).findFirst().get());
  }

  @Test
  void ships_every_module_when_the_jar_is_made() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("forebay"))) {
      List<String> modules =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".py"))
              .map(name -> name.substring(0, name.length() - ".py".length()))
              .sorted()
              .toList();
      assertThat(PythonProgram.MODULES).containsExactlyInAnyOrderElementsOf(modules);
    }
    assertThat(new PythonProgram("python3", List.of()).opening(1).get(0).payload().length)
        .isLessThan(Frame.MOST_BYTES / 2);
  }
}
