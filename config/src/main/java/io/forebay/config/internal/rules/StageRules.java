package io.forebay.config.internal.rules;

import io.forebay.config.internal.reading.Overrides;
import io.forebay.config.internal.reading.WrittenKeys;
import io.forebay.config.model.CollectConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.functions.Statistics;
import io.forebay.internal.text.Nearest;
import io.forebay.snapshot.Placement;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** What the keys of a stage say together, and what a value may be beyond its type. */
final class StageRules {
  /** In so many windows a record may be. */
  private static final int MOST_WINDOWS = 10_000;

  /** And where each of them has a copy of it. */
  private static final int MOST_COPIES = 100;

  private final WrittenKeys written;
  private final Path workingDirectory;
  private final BiConsumer<String, String> problems;

  /**
   * @param problems takes a key and what is wrong with it
   */
  StageRules(WrittenKeys written, Path workingDirectory, BiConsumer<String, String> problems) {
    this.written = written;
    this.workingDirectory = workingDirectory;
    this.problems = problems;
  }

  void check(String path, StageConfig stage) {
    if (stage instanceof StageConfig.Windowed windowed) {
      checkWindows(path, windowed);
      return;
    }
    if (!(stage instanceof StageConfig.Cpu cpu)) {
      if (stage.function().startsWith("python:")) {
        problems.accept(
            functionKey(path, stage), "a Python function computes in a process; name it with cpu");
      }
      return;
    }
    if (cpu.isPython()) {
      checkPython(path, cpu);
    } else {
      for (String key : List.of("python", "pythonPath", "outputs", "rows")) {
        if (written.find(path + "." + key) != null) {
          problems.accept(
              path + "." + key, "only a Python function has it; remove it or name python:…");
        }
      }
    }
    if (cpu.on() != Placement.PROCESSES) {
      for (String key : Overrides.OF_PROCESSES) {
        if (written.find(path + "." + key) != null) {
          String what =
              switch (key) {
                case "timeout" -> "cannot be ended";
                case "memory" -> "has no memory of its own";
                case "protect" -> "writes wherever this process can";
                case "recycle" -> "cannot be replaced";
                default -> "has no " + key + " of its own";
              };
          problems.accept(
              path + "." + key,
              "a function on: " + on(cpu) + " " + what + "; remove it or run it on: processes");
        }
      }
    }
    checkEnvironment(path, cpu);
    if (cpu.on() == Placement.INLINE && cpu.workers().fixed().orElse(1) > 1) {
      problems.accept(path + ".workers", "inline is one worker; remove it or run it on: threads");
    }
    if (cpu.memory().isPresent() && cpu.memory().get().bytes() < 16 << 20) {
      problems.accept(
          path + ".memory", "must be at least 16MiB, not " + written.shown(path + ".memory"));
    }
  }

  private void checkWindows(String path, StageConfig.Windowed stage) {
    if (stage.on() == Placement.INLINE && stage.workers().fixed().orElse(1) > 1) {
      problems.accept(path + ".workers", "inline is one worker; remove it or run it on: threads");
    }
    if (stage.function().startsWith("python:")) {
      problems.accept(
          path + ".accumulate",
          "a Python function cannot gather records into windows; name the class of an Accumulator");
    }
    Duration size = stage.window().size();
    Duration every = stage.window().every().orElse(size);
    if (every.compareTo(size) > 0 || size.toMillis() % every.toMillis() != 0) {
      problems.accept(
          path + ".window.every",
          "must be the size, or a half, a third … of it, so that windows of "
              + written.shown(path + ".window.size")
              + " consist of whole pieces; not "
              + written.shown(path + ".window.every"));
    } else if (size.toMillis() / every.toMillis() > mostWindows(stage)) {
      problems.accept(
          path + ".window.every",
          "must be at least a "
              + mostWindows(stage)
              + "th of the size: a record would be in "
              + size.toMillis() / every.toMillis()
              + " windows");
    }
    if (stage instanceof StageConfig.Statistics statistics) {
      checkStatistics(path, statistics);
    }
  }

  private static int mostWindows(StageConfig.Windowed stage) {
    return stage instanceof CollectConfig ? MOST_COPIES : MOST_WINDOWS;
  }

  private void checkStatistics(String path, StageConfig.Statistics stage) {
    List<String> known = Statistics.names();
    for (int i = 0; i < stage.statistics().size(); i++) {
      String name = stage.statistics().get(i);
      String key = path + ".statistics[" + i + "]";
      if (!Statistics.has(name)) {
        problems.accept(
            key,
            "there is no statistic '"
                + name
                + "'"
                + Nearest.to(name, known).map(near -> "; did you mean " + near + "?").orElse("")
                + " (they are "
                + Statistics.all()
                + ")");
      } else if (stage.statistics().indexOf(name) < i) {
        problems.accept(key, "'" + name + "' is named twice; remove one of them");
      }
    }
  }

  private void checkEnvironment(String path, StageConfig.Cpu cpu) {
    for (String name : cpu.env().keySet()) {
      String key = path + ".env";
      if (name.isEmpty() || name.indexOf('=') >= 0 || name.startsWith("FOREBAY_")) {
        problems.accept(key, "'" + name + "' cannot be the name of a worker's variable; rename it");
      } else if (cpu.isPython() && name.startsWith("PYTHON")) {
        problems.accept(
            key, "Python workers do not look at " + name + "; use pythonPath or python");
      }
    }
  }

  private void checkPython(String path, StageConfig.Cpu cpu) {
    if (cpu.on() != Placement.PROCESSES) {
      problems.accept(
          path + ".on", "a Python function always runs in processes; remove '" + on(cpu) + "'");
    }
    for (int i = 0; i < cpu.pythonPath().size(); i++) {
      if (!isFolder(cpu.pythonPath().get(i))) {
        String key = path + ".pythonPath[" + i + "]";
        problems.accept(
            key, "there is no folder '" + written.shown(key) + "' in the working directory");
      }
    }
    for (String name : cpu.outputs().keySet()) {
      if (name.isEmpty() || name.startsWith("forebay:")) {
        problems.accept(
            path + ".outputs", "'" + name + "' cannot be the name of a column; rename it");
      }
    }
  }

  private boolean isFolder(String path) {
    try {
      return Files.isDirectory(workingDirectory.resolve(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static String on(StageConfig.Cpu cpu) {
    return cpu.on() == Placement.INLINE ? "inline" : "threads";
  }

  private static String functionKey(String path, StageConfig stage) {
    return path + (stage instanceof StageConfig.Async ? ".async" : ".blocking");
  }
}
