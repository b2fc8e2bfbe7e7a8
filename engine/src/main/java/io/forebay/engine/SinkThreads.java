package io.forebay.engine;

import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.workers.internal.threads.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The threads of the sinks, where there are several. Made and started by whoever starts the run,
 * ended by the sink runner's thread.
 */
final class SinkThreads {
  private final List<SinkLane> lanes;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  SinkThreads(List<SinkLane> lanes, String name, Ticker ticker, Lifecycle lifecycle) {
    this.lanes = lanes;
    for (SinkLane lane : lanes) {
      AgentRunner runner =
          AgentRunner.repeat(
              new Hand.Driver(lane, lane.doorbell(), ticker, new LongAdder()),
              e ->
                  lifecycle.fail(
                      "the sink '"
                          + lane.name()
                          + "' failed ("
                          + e
                          + "): nothing was acknowledged that is not committed",
                      e));
      runners.add(runner);
      threads.add(
          Thread.ofPlatform().daemon().name(name + "-sink-" + lane.name()).unstarted(runner));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /**
   * Ends them all. When it returns nobody uses the outputs any more; a sink that does not return
   * holds it up.
   *
   * @param patiently whether a sink may end its present task before it is interrupted
   */
  void end(boolean patiently) {
    lanes.forEach(SinkLane::end);
    if (!patiently || !WorkerThreads.join(WorkerThreads.PATIENCE, threads)) {
      runners.forEach(AgentRunner::end);
    }
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          runners.forEach(AgentRunner::end);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
