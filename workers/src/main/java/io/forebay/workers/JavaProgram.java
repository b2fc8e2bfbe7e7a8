package io.forebay.workers;

import java.nio.file.Path;
import java.util.List;

/** {@link WorkerMain} on the class path of this process. */
record JavaProgram() implements WorkerProgram {
  @Override
  public ProcessBuilder process(Path socket, long memoryBytes, String mark) {
    return WorkerCommand.java(socket, memoryBytes, mark);
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
