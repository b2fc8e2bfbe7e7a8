package io.forebay.workers.internal.launch;

import io.forebay.workers.api.WorkerLaunch;
import io.forebay.workers.internal.process.Grandchildren;
import io.forebay.workers.internal.protocol.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What runs in a worker process. */
public sealed interface WorkerProgram permits JavaProgram, PythonProgram {
  /** Started with these, too. */
  WorkerProgram with(WorkerLaunch launch);

  /**
   * The process, not started.
   *
   * @param mark see {@link Grandchildren}
   */
  ProcessBuilder process(Path socket, long memoryBytes, String mark);

  /** What comes through its standard input: the token, at least. */
  byte[] input(byte[] token);

  /** What it is sent after its greeting, before anything else. */
  List<Frame> opening(long memoryBytes) throws IOException;

  /** Whether it gives signs of life whatever the function does. */
  boolean beatsDuringCalls();
}
