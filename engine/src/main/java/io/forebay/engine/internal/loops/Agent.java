package io.forebay.engine.internal.loops;

import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Doorbell;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a thread of the engine does: the dispatcher, the sink runner, a sink. All its work is done
 * in steps that never wait; the waiting is outside, so that a simulation can drive all agents on
 * one thread. Where it has a thread of its own, that thread does this:
 *
 * <pre>{@code
 * while (!agent.isDone()) {
 *   if (!agent.step(now)) {
 *     doorbell.await(agent.nextStepIn(now));
 *   }
 * }
 * }</pre>
 */
public interface Agent {
  /**
   * Does what can be done now.
   *
   * @return whether anything was done: if not, wait for the doorbell or {@link #nextStepIn}
   */
  boolean step(long now) throws Exception;

  /** After how many nanoseconds the next step is due although nothing rings. */
  long nextStepIn(long now);

  /** Whether there will be nothing to do any more. */
  boolean isDone();

  /** The loop above; {@link AgentRunner} reports what ends it without being asked for. */
  final class Loop implements AgentRunner.Step, Executor {
    private final Agent agent;
    private final Doorbell doorbell;
    private final Ticker ticker;
    private final LongAdder busyNanos;
    private final AtomicReference<@Nullable Runnable> errand = new AtomicReference<>();
    private volatile boolean inStep;
    private boolean begun;
    private long now;

    public Loop(Agent agent, Doorbell doorbell, Ticker ticker, LongAdder busyNanos) {
      this.agent = agent;
      this.doorbell = doorbell;
      this.ticker = ticker;
      this.busyNanos = busyNanos;
    }

    @Override
    public boolean step() throws Exception {
      if (!begun) {
        begun = true;
        doorbell.attach(Thread.currentThread());
        now = ticker.nanos();
      }
      if (agent.isDone()) {
        return false;
      }
      inStep = true;
      boolean progress = agent.step(now);
      inStep = false;
      runErrand();
      long then = ticker.nanos();
      busyNanos.add(then - now);
      now = then;
      if (agent.isDone()) {
        return false;
      }
      if (!progress) {
        long wait = agent.nextStepIn(now);
        if (wait > 0) {
          doorbell.await(wait);
        }
        now = ticker.nanos();
      }
      return true;
    }

    /** Runs it after the present step; at once where the loop waits for work. One at a time. */
    @Override
    public void execute(Runnable task) {
      errand.set(task);
      if (!inStep) {
        runErrand();
      }
    }

    private void runErrand() {
      Runnable task = errand.get() == null ? null : errand.getAndSet(null);
      if (task != null) {
        task.run();
      }
    }
  }
}
