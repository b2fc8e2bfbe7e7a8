package io.forebay.workers.internal.launch;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts commands in a session of their own, so that neither a signal to the engine's process group
 * (Ctrl-C, {@code timeout}) reaches a worker, nor one that a function sends to its group reaches
 * the engine. By a program that becomes the command: a native call from within the new virtual
 * machine would take it 30 ms. Where there is no such program, workers share the engine's session.
 */
final class OwnSession {
  private static final List<String> BY = find();

  private OwnSession() {}

  static List<String> of(List<String> command) {
    List<String> whole = new ArrayList<>(BY);
    whole.addAll(command);
    return whole;
  }

  private static List<String> find() {
    Path setsid = onPath("setsid");
    if (setsid != null) {
      return List.of(setsid.toString());
    }
    Path perl = onPath("perl");
    return perl == null
        ? List.of()
        : List.of(
            perl.toString(), "-MPOSIX=setsid", "-e", "setsid; exec {$ARGV[0]} @ARGV or exit 127");
  }

  private static @org.jspecify.annotations.Nullable Path onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(folder).resolve(program);
      if (file.isAbsolute() && Files.isExecutable(file)) {
        return file;
      }
    }
    return null;
  }
}
