package io.forebay.engine.internal.sinks;

import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.Lifecycle;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.workers.api.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The threads of the sinks, where there are several. Made and started by whoever starts the run,
 * ended by the sink runner's thread.
 */
public final class SinkThreads {
  private final List<SinkAgent> sinks;
  private final List<AgentRunner> runners = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  public SinkThreads(List<SinkAgent> sinks, String name, Ticker ticker, Lifecycle lifecycle) {
    this.sinks = sinks;
    for (SinkAgent sink : sinks) {
      AgentRunner runner =
          AgentRunner.repeat(
              new Agent.Loop(sink, sink.doorbell(), ticker, new LongAdder()),
              e ->
                  lifecycle.fail(
                      "the sink '"
                          + sink.name()
                          + "' failed ("
                          + e
                          + "): nothing was acknowledged that is not committed",
                      e));
      runners.add(runner);
      threads.add(
          Thread.ofPlatform().daemon().name(name + "-sink-" + sink.name()).unstarted(runner));
    }
  }

  public void start() {
    threads.forEach(Thread::start);
  }

  /**
   * Ends them all. When it returns nobody uses the outputs any more; a sink that does not return
   * holds it up.
   *
   * @param patiently whether a sink may end its present task before it is interrupted
   */
  public void end(boolean patiently) {
    sinks.forEach(SinkAgent::end);
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
