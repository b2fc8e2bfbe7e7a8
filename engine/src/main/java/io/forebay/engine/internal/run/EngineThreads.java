package io.forebay.engine.internal.run;

import io.forebay.engine.internal.delivery.SinkRunner;
import io.forebay.engine.internal.heartbeat.Heartbeats;
import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.Lifecycle;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.sinks.SinkThreads;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.workers.api.WorkerThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The engine's own threads: the dispatcher, the sink runner (which alone uses the dead letters, and
 * a single sink, once they are open), and one for each sink where there are several. Ended by the
 * coordinator.
 */
final class EngineThreads {
  private final SinkRunner sinkRunner;
  private final RunOutputs outputs;
  private final Lifecycle lifecycle;
  private final LongAdder dispatcherBusy = new LongAdder();
  private final Agent.Loop dispatcherLoop;
  private final AgentRunner dispatching;
  private final AgentRunner delivering;
  private final Thread dispatcherThread;
  private final Thread sinkThread;
  private final SinkThreads sinkThreads;
  private volatile boolean keepWritten;

  /** Who rings whom: each agent waits at its doorbell. */
  record Doorbells(Doorbell dispatcher, Doorbell sinkRunner) {}

  EngineThreads(
      String name,
      Agent dispatcher,
      SinkRunner sinkRunner,
      Doorbells doorbells,
      RunOutputs outputs,
      Lifecycle lifecycle,
      Ticker ticker) {
    this.sinkRunner = sinkRunner;
    this.outputs = outputs;
    this.lifecycle = lifecycle;
    dispatcherLoop = new Agent.Loop(dispatcher, doorbells.dispatcher, ticker, dispatcherBusy);
    dispatching = AgentRunner.repeat(dispatcherLoop, e -> failed("the dispatcher", e));
    delivering =
        AgentRunner.repeat(
            new Agent.Loop(sinkRunner, doorbells.sinkRunner, ticker, new LongAdder()),
            e -> failed("the sink runner", e));
    dispatcherThread =
        Thread.ofPlatform().daemon().name(name + "-dispatcher").unstarted(dispatching);
    sinkThread =
        Thread.ofPlatform()
            .daemon()
            .name(name + "-sinks")
            .unstarted(AgentRunner.once(this::deliver, e -> failed("the sink runner", e)));
    sinkThreads = new SinkThreads(sinkRunner.sinksWithThreads(), name, ticker, lifecycle);
  }

  void start() {
    dispatcherThread.start();
    sinkThread.start();
    sinkThreads.start();
  }

  /** An agent, or what it did at its end, has failed. */
  void failed(String what, Throwable cause) {
    if (cause instanceof PipelineFailedException) {
      lifecycle.fail(String.valueOf(cause.getMessage()), cause.getCause());
    } else {
      lifecycle.fail(
          what + " failed (" + cause + "): nothing was acknowledged that is not committed", cause);
    }
  }

  /** The sink runner's thread: when its agent ends, the sinks do, and the outputs are closed. */
  private void deliver() {
    delivering.run();
    boolean all = sinkRunner.isDelivered();
    boolean patiently = !delivering.isEnding();
    if (keepWritten) {
      try {
        sinkRunner.commitWritten();
      } catch (PipelineFailedException | RuntimeException | Error e) {
        // The pipeline has failed anyway; the next run delivers it again.
      } catch (InterruptedException e) {
        patiently = false;
      }
    }
    sinkThreads.end(patiently);
    outputs.close(this::failed);
    if (all) {
      lifecycle.delivered();
    }
  }

  /**
   * Ends them before everything is delivered.
   *
   * @param keep whether what is written is committed before
   */
  void abort(boolean keep) {
    keepWritten = keep;
    dispatching.end();
    sinkRunner.halt(); // Also where a sink takes the interrupt for a lost connection.
    if (!keep || !WorkerThreads.join(WorkerThreads.PATIENCE, List.of(sinkThread))) {
      delivering.end();
    }
    // What it commits until it ends counts.
    WorkerThreads.join(WorkerThreads.PATIENCE, List.of(sinkThread));
  }

  /** Ends them without waiting for anything. */
  void end() {
    dispatching.end();
    sinkRunner.halt();
    delivering.end();
  }

  /** Waits for their end; whether it has come. */
  boolean join(Duration patience) {
    return WorkerThreads.join(patience, List.of(dispatcherThread, sinkThread));
  }

  /** Has it measured how late the dispatcher's thread is. */
  void beat(Heartbeats heartbeats) {
    heartbeats.add(Heartbeats.DISPATCHER, dispatcherLoop, dispatcherThread);
  }

  /** How long the dispatcher was busy. */
  long dispatcherNanos() {
    return dispatcherBusy.sum();
  }
}
