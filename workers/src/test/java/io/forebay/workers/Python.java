package io.forebay.workers;

import static org.junit.jupiter.api.Assumptions.abort;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PythonSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Python for tests, which are skipped where there is none. */
public final class Python {
  /** The functions of {@code src/test/python}. */
  public static final Path FUNCTIONS = Path.of("src/test/python");

  static final PythonSettings SETTINGS = settings(Optional.empty());

  private static boolean known;
  private static boolean there;

  private Python() {}

  /** Skips the test unless there is a {@code python3} that is new enough. */
  public static synchronized void assumeThere() {
    if (!known) {
      known = true;
      try {
        there =
            new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")
                    .start()
                    .waitFor()
                == 0;
      } catch (IOException e) {
        there = false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!there) {
      abort("there is no python3 of version 3.9 or newer");
    }
  }

  /** Whether that interpreter has a module. */
  public static boolean has(String module) throws IOException, InterruptedException {
    return new ProcessBuilder("python3", "-c", "import " + module)
            .redirectErrorStream(true)
            .start()
            .waitFor()
        == 0;
  }

  /** A function, with outputs that are found out. */
  public static FunctionSpec function(String name) {
    return function(name, Map.of());
  }

  public static FunctionSpec function(String name, Map<String, String> parameters) {
    return new FunctionSpec("python:" + name, parameters, settings(Optional.empty()));
  }

  /** A function with declared outputs. */
  public static FunctionSpec function(String name, Schema outputs) {
    return new FunctionSpec("python:" + name, Map.of(), settings(Optional.of(outputs)));
  }

  private static PythonSettings settings(Optional<Schema> outputs) {
    return new PythonSettings("python3", List.of(FUNCTIONS), outputs, RowShape.SAME);
  }
}
