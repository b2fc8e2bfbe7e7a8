package io.forebay.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The threads of the sinks, where there are several. Made and started by whoever starts the run,
 * ended by the sink runner's thread.
 */
final class SinkThreads {
  private final List<SinkLane> lanes;
  private final Ticker ticker;
  private final Lifecycle lifecycle;
  private final List<Thread> threads = new ArrayList<>();

  SinkThreads(List<SinkLane> lanes, String name, Ticker ticker, Lifecycle lifecycle) {
    this.lanes = lanes;
    this.ticker = ticker;
    this.lifecycle = lifecycle;
    for (SinkLane lane : lanes) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name(name + "-sink-" + lane.name())
              .unstarted(() -> drive(lane)));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  private void drive(SinkLane lane) {
    try {
      Hand.drive(lane, lane.doorbell(), ticker, new LongAdder());
    } catch (InterruptedException e) {
      // The sink runner's thread ends the sinks.
    } catch (Throwable e) {
      lifecycle.fail(
          "the sink '"
              + lane.name()
              + "' failed ("
              + e
              + "): nothing was acknowledged that is not committed",
          e);
    }
  }

  /**
   * Ends them all. When it returns nobody uses the outputs any more; a sink that does not return
   * holds it up.
   *
   * @param patiently whether a sink may end its present task before it is interrupted
   */
  void end(boolean patiently) {
    lanes.forEach(SinkLane::end);
    if (!patiently || !StageThreads.join(StageThreads.PATIENCE, threads)) {
      threads.forEach(Thread::interrupt);
    }
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          threads.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
