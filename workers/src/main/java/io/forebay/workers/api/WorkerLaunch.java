package io.forebay.workers.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the worker processes of a stage are started with, besides what all workers are: a profiler,
 * for example.
 *
 * @param javaOptions further options of the virtual machine of Java functions
 * @param classPath of Java functions; empty: that of this process
 * @param pythonEnvironment further variables of the interpreter of Python functions
 * @param farewell how long they may take to end by themselves when their pool is closed, once all
 *     that was submitted is answered; zero: they are killed at once
 */
public record WorkerLaunch(
    List<String> javaOptions,
    List<Path> classPath,
    Map<String, String> pythonEnvironment,
    Duration farewell) {
  /** Nothing else, killed at once. */
  public static final WorkerLaunch USUAL = new WorkerLaunch(List.of(), Map.of(), Duration.ZERO);

  public WorkerLaunch {
    javaOptions = List.copyOf(javaOptions);
    classPath = List.copyOf(classPath);
    pythonEnvironment = Map.copyOf(pythonEnvironment);
  }

  /** On the class path of this process. */
  public WorkerLaunch(
      List<String> javaOptions, Map<String, String> pythonEnvironment, Duration farewell) {
    this(javaOptions, List.of(), pythonEnvironment, farewell);
  }

  /** On another class path. */
  public WorkerLaunch classPath(List<Path> entries) {
    return new WorkerLaunch(javaOptions, entries, pythonEnvironment, farewell);
  }
}
