package io.forebay.workers.internal.launch;

import io.forebay.workers.api.WorkerLaunch;
import io.forebay.workers.internal.process.WorkerMain;
import io.forebay.workers.internal.protocol.Frame;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@link WorkerMain} in a virtual machine.
 *
 * @param options of the virtual machine, beyond those of every worker
 * @param environment variables beyond those of every worker
 * @param further options of the virtual machine that whoever starts it has asked for
 */
public record JavaProgram(
    List<String> options, String classPath, Map<String, String> environment, List<String> further)
    implements WorkerProgram {
  private static final String CACHE = "-XX:AOTCache=";

  JavaProgram(List<String> options, String classPath) {
    this(options, classPath, Map.of(), List.of());
  }

  /** With these variables. */
  public JavaProgram with(Map<String, String> variables) {
    return new JavaProgram(options, classPath, variables, further);
  }

  @Override
  public JavaProgram with(WorkerLaunch launch) {
    if (launch.classPath().isEmpty()) {
      return new JavaProgram(options, classPath, environment, launch.javaOptions());
    }
    String entries =
        launch.classPath().stream()
            .map(entry -> entry.toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    // The AOT cache is that of the class path of this process.
    return new JavaProgram(here().options, entries, environment, launch.javaOptions());
  }

  /** On the class path of this process, without an AOT cache. */
  static JavaProgram here() {
    return on(List.of("-Xshare:auto"));
  }

  /** On the class path of this process, from that AOT cache. */
  static JavaProgram from(Path cache) {
    return on(List.of(CACHE + cache, "-Xlog:aot*=off"));
  }

  /** As this one, without an AOT cache. */
  public JavaProgram plain() {
    return new JavaProgram(here().options, classPath, environment, further);
  }

  /** The AOT cache from which it starts. */
  public Optional<Path> cache() {
    String first = options.getFirst();
    return first.startsWith(CACHE)
        ? Optional.of(Path.of(first.substring(CACHE.length())))
        : Optional.empty();
  }

  private static JavaProgram on(List<String> options) {
    return new JavaProgram(options, System.getProperty("java.class.path", ""));
  }

  @Override
  public ProcessBuilder process(Path socket, long memoryBytes, String mark) {
    List<String> all = Stream.of(options, further).flatMap(List::stream).toList();
    return WorkerCommand.java(all, classPath, socket, memoryBytes, mark, environment);
  }

  @Override
  public byte[] input(byte[] token) {
    return token;
  }

  @Override
  public List<Frame> opening(long memoryBytes) {
    return List.of();
  }

  @Override
  public boolean beatsDuringCalls() {
    return true;
  }
}
