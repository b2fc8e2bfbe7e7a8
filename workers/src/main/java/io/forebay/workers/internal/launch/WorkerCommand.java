package io.forebay.workers.internal.launch;

import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.process.WorkerMain;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command lines and the environment of worker processes. */
final class WorkerCommand {
  /** What a worker inherits: no secrets, nothing that changes how the virtual machine starts. */
  private static final List<String> ENVIRONMENT =
      List.of(
          "PATH",
          "HOME",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TZ",
          "TMPDIR",
          "LD_LIBRARY_PATH",
          "SYSTEMROOT");

  /**
   * How many threads a library for linear algebra takes in one process: there is a process for each
   * core already.
   */
  private static final List<String> ONE_THREAD =
      List.of(
          "OMP_NUM_THREADS",
          "OPENBLAS_NUM_THREADS",
          "MKL_NUM_THREADS",
          "BLIS_NUM_THREADS",
          "VECLIB_MAXIMUM_THREADS",
          "NUMEXPR_NUM_THREADS");

  private WorkerCommand() {}

  /**
   * A process that runs {@link WorkerMain}.
   *
   * @param options further ones of the virtual machine
   */
  static ProcessBuilder java(
      List<String> options,
      String classPath,
      Path socket,
      long memoryBytes,
      String mark,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(flags());
    command.add("-Xmx" + memoryBytes);
    command.add("-XX:MaxDirectMemorySize=" + memoryBytes);
    command.add("-cp");
    command.add(classPath);
    command.add(WorkerMain.class.getName());
    command.add(socket.toString());
    return of(OwnSession.of(command), mark, environment);
  }

  /** The options of all workers' virtual machines. */
  static List<String> flags() {
    List<String> flags = new ArrayList<>();
    // One collector thread; on the short heaps of workers its pauses are short, too.
    flags.add("-XX:+UseSerialGC");
    flags.add("-XX:-UsePerfData");
    // What the compiler needed at first goes back to the system.
    flags.add("-XX:TrimNativeHeapInterval=10000");
    // Stack traces belong into dead letters, the ten thousandth one, too.
    flags.add("-XX:-OmitStackTraceInFastThrow");
    flags.add("-XX:+ExitOnOutOfMemoryError");
    // The crash report comes through the captured output: no files are left behind.
    flags.add("-XX:+ErrorFileToStdout");
    flags.add("-XX:-CreateCoredumpOnCrash");
    // Not looked for on the class path, which would open every jar of it.
    flags.add(
        "-Djava.nio.channels.spi.SelectorProvider="
            + SelectorProvider.provider().getClass().getName());
    flags.add("-Dstdout.encoding=UTF-8");
    flags.add("-Dstderr.encoding=UTF-8");
    flags.add("--enable-native-access=ALL-UNNAMED");
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      flags.add("--add-modules=jdk.incubator.vector");
    }
    return flags;
  }

  /** A process of this command, with one stream for what it prints and a clean environment. */
  static ProcessBuilder of(List<String> command, String mark, Map<String, String> further) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(ENVIRONMENT);
    ONE_THREAD.forEach(variable -> environment.put(variable, "1"));
    environment.putAll(further);
    environment.put(Grandchildren.VARIABLE, mark);
    return builder;
  }
}
