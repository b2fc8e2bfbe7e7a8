package io.forebay.engine.internal.dispatch;

import io.forebay.engine.internal.loops.Agent;
import io.forebay.engine.internal.loops.PipelineFailedException;

/**
 * The dispatcher of the stages up to the windows and that of the stages behind them, driven by one
 * thread.
 */
public record BothDispatchers(Dispatcher records, Dispatcher ofWindows) implements Agent {
  @Override
  public boolean step(long now) throws InterruptedException, PipelineFailedException {
    // What is behind goes first: it makes room.
    boolean progress = !ofWindows.isDone() && ofWindows.step(now);
    return (!records.isDone() && records.step(now)) || progress;
  }

  @Override
  public long nextStepIn(long now) {
    long next = Long.MAX_VALUE / 2;
    for (Dispatcher each : new Dispatcher[] {records, ofWindows}) {
      next = each.isDone() ? next : Math.min(next, each.nextStepIn(now));
    }
    return next;
  }

  @Override
  public boolean isDone() {
    return records.isDone() && ofWindows.isDone();
  }
}
