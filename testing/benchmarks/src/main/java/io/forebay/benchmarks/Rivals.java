package io.forebay.benchmarks;

import io.forebay.RowShape;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the programs are that Forebay is compared with. */
final class Rivals {
  private Rivals() {}

  /** The Python interpreter: {@code FOREBAY_BENCH_PYTHON}, or {@code python3} on the path. */
  static String python() {
    String chosen = System.getenv("FOREBAY_BENCH_PYTHON");
    return chosen == null || chosen.isEmpty() ? "python3" : chosen;
  }

  /** A Python script of this module, with arguments. */
  static List<String> script(String name, String... arguments) {
    var command = new java.util.ArrayList<>(List.of(python()));
    command.add(
        repository().resolve("testing/benchmarks/src/main/python").resolve(name).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** A Python function of this module, to be called in worker processes of that interpreter. */
  static FunctionSpec function(String name) {
    Path folder = repository().resolve("testing/benchmarks/src/main/python");
    return new FunctionSpec(
        "python:" + name,
        Map.of(),
        new PythonSettings(python(), List.of(folder), Optional.empty(), RowShape.SAME));
  }

  /** Whether the Python interpreter finds a package. */
  static boolean pythonHas(String module) {
    try {
      Subprocess.run(List.of(python(), "-c", "import " + module));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The repository's root folder: the current folder, or the nearest above with the sources. */
  static Path repository() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("testing/benchmarks/src/main/python"))) {
        return folder;
      }
    }
    throw new IllegalStateException("benchmarks run from within the repository; start tools/bench");
  }
}
