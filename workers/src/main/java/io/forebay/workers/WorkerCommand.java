package io.forebay.workers;

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
   * System property: an AOT cache that fits the class path of this process, for workers to start
   * from. One that does not fit is ignored by the virtual machine.
   */
  static final String AOT_CACHE = "io.forebay.workers.aotCache";

  private WorkerCommand() {}

  /** A process that runs {@link WorkerMain} on the class path of this one. */
  static ProcessBuilder java(Path socket, long memoryBytes, String mark) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // One collector thread; on the short heaps of workers its pauses are short, too.
    command.add("-XX:+UseSerialGC");
    command.add("-Xmx" + memoryBytes);
    command.add("-XX:MaxDirectMemorySize=" + memoryBytes);
    String cache = System.getProperty(AOT_CACHE, "");
    if (cache.isEmpty()) {
      command.add("-Xshare:auto");
    } else {
      command.add("-XX:AOTCache=" + cache);
      command.add("-Xlog:aot*=off");
    }
    command.add("-XX:-UsePerfData");
    // Stack traces belong into dead letters, the ten thousandth one, too.
    command.add("-XX:-OmitStackTraceInFastThrow");
    command.add("-XX:+ExitOnOutOfMemoryError");
    // The crash report comes through the captured output: no files are left behind.
    command.add("-XX:+ErrorFileToStdout");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-Dstdout.encoding=UTF-8");
    command.add("-Dstderr.encoding=UTF-8");
    command.add("--enable-native-access=ALL-UNNAMED");
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(WorkerMain.class.getName());
    command.add(socket.toString());
    return of(command, mark);
  }

  /** A process of this command, with one stream for what it prints and a clean environment. */
  static ProcessBuilder of(List<String> command, String mark) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(ENVIRONMENT);
    environment.put(Grandchildren.VARIABLE, mark);
    return builder;
  }
}
