package io.forebay.workers.internal.launch;

import io.forebay.workers.internal.process.WorkerMain;
import io.forebay.workers.internal.protocol.Frame;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@link WorkerMain} in a virtual machine.
 *
 * @param options of the virtual machine, beyond those of every worker
 * @param environment variables beyond those of every worker
 */
public record JavaProgram(List<String> options, String classPath, Map<String, String> environment)
    implements WorkerProgram {
  private static final String CACHE = "-XX:AOTCache=";

  JavaProgram(List<String> options, String classPath) {
    this(options, classPath, Map.of());
  }

  /** With these variables. */
  public JavaProgram with(Map<String, String> variables) {
    return new JavaProgram(options, classPath, variables);
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
    return here().with(environment);
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
    return WorkerCommand.java(options, classPath, socket, memoryBytes, mark, environment);
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
