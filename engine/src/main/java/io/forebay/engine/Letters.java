package io.forebay.engine;

import io.forebay.Frontier;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The dead letters of a run; a record that has no place there ends it. Used by the sink runner. */
final class Letters {
  private final Optional<OutputLane> output;
  private final PartitionNames partitions;
  private boolean broken;

  Letters(Optional<OutputLane> output, PartitionNames partitions) {
    this.output = output;
    this.partitions = partitions;
  }

  /** Whether they could not be written or committed: what is written elsewhere stays so, too. */
  boolean isBroken() {
    return broken;
  }

  void write(List<Rejected> rejected) throws PipelineFailedException {
    if (rejected.isEmpty()) {
      return;
    }
    rejected.sort(Rejected.ORDER);
    OutputLane lane = output.orElseThrow(() -> nowhere(rejected.getFirst()));
    attempt(lane, "write", () -> lane.write(rejected, partitions));
  }

  private static PipelineFailedException nowhere(Rejected first) {
    return new PipelineFailedException(
        "record "
            + first.sequence()
            + " of "
            + Partition.key(first.rejection().source(), first.rejection().partition())
            + " was rejected and there is no dead letter to keep it ("
            + first.rejection().reason()
            + "): add a dead letter output and run again");
  }

  void commit(String pipeline, Frontier frontier, boolean completely)
      throws PipelineFailedException {
    if (output.isPresent()) {
      OutputLane lane = output.get();
      attempt(lane, "commit", () -> lane.commit(pipeline, frontier, completely));
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private void attempt(OutputLane lane, String what, Action action) throws PipelineFailedException {
    try {
      action.run();
    } catch (IOException | RuntimeException e) {
      broken = true;
      throw SinkLane.failure(lane, what, e);
    }
  }
}
