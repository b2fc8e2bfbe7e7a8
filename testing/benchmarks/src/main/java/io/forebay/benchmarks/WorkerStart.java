package io.forebay.benchmarks;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * P7: from the start of a worker process to its first result, with and without the AOT cache; and
 * from when a death is seen to the first result of the spare. Measured in a Java process with a
 * class path of jars, as programs have it.
 */
final class WorkerStart implements Claim {
  private static final String CACHED = "ProcessPool, AOT cache";
  private static final String PLAIN = "ProcessPool, no AOT cache";
  private static final String PYTHON = "Python's ProcessPoolExecutor, spawn";

  @Override
  public String id() {
    return "P7";
  }

  @Override
  public String title() {
    return "a worker's start to its first result; the spare's first result after a death";
  }

  @Override
  public void measure(Session session) throws Exception {
    String classPath = ofJars(session);
    try (Subprocess cached = Subprocess.start(pools(session, classPath, "cached"));
        Subprocess plain = Subprocess.start(pools(session, classPath, "plain"));
        Subprocess python = Subprocess.start(Rivals.script("spawned_pool.py"))) {
      Contest start = new Contest("P7: start of a pool of one worker to its first result", "ms");
      start.add(CACHED, () -> ask(cached, "start"));
      start.add(PLAIN, () -> ask(plain, "start"));
      start.add(PYTHON, () -> ask(python, "start"));
      session.run(start, 3);
      session.atMost("start to first result, AOT cache", start.series(CACHED), 80);
      Contest replacement = new Contest("P7: a killed worker's end to the next result", "ms");
      replacement.add(CACHED, () -> ask(cached, "replace"));
      replacement.add(PYTHON, () -> ask(python, "replace"));
      session.run(replacement, 2);
      session.atMost("death seen to the spare's result", replacement.series(CACHED), 5);
    }
  }

  private static double ask(Subprocess process, String request) throws IOException {
    return Double.parseDouble(process.ask(request));
  }

  private static List<String> pools(Session session, String classPath, String mode) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-Dio.forebay.workers.aotDirectory=" + session.file("aot"),
        "-cp",
        classPath,
        WorkerStarts.class.getName(),
        mode);
  }

  /** The class path of this process, its folders packed: AOT caches are made of jars only. */
  private static String ofJars(Session session) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath();
      if (Files.isDirectory(path)) {
        Path jar = session.file("packed-" + entries.size() + ".jar");
        pack(path, jar);
        entries.add(jar.toString());
      } else if (Files.exists(path)) {
        entries.add(path.toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(folder);
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(jar));
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(folder.relativize(each).toString()));
        Files.copy(each, out);
        out.closeEntry();
      }
    }
  }
}
