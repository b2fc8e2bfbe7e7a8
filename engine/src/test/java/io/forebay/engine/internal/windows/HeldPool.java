package io.forebay.engine.internal.windows;

import io.forebay.engine.internal.loops.Agent;
import io.forebay.slots.Slot;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Calls a function when it is stepped, in any order; some of its workers are lost. */
final class HeldPool implements WorkerPool, Agent {
  private record Call(Slot slot, CallOptions options, CompletableFuture<Completion> end) {}

  private final WorkerPool inline;
  private final SplittableRandom random;
  private final int workers;
  private final List<Call> calls = new ArrayList<>();

  HeldPool(WorkerPool inline, int workers, SplittableRandom random) {
    this.inline = inline;
    this.workers = workers;
    this.random = random;
  }

  @Override
  public boolean step(long now) throws InterruptedException {
    if (calls.isEmpty()) {
      return false;
    }
    Call call = calls.remove(random.nextInt(calls.size()));
    call.end.complete(
        random.nextInt(30) == 0
            ? new Completion.Lost(-1, "its worker was lost", "")
            : inline.submit(call.slot, call.options).join());
    return true;
  }

  @Override
  public CompletableFuture<Completion> submit(Slot slot, CallOptions options) {
    Call call = new Call(slot, options, new CompletableFuture<>());
    calls.add(call);
    return call.end;
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int capacity() {
    return workers;
  }

  @Override
  public boolean hasIdleWorker() {
    return calls.size() < workers;
  }

  @Override
  public PoolSnapshot snapshot() {
    return inline.snapshot();
  }

  @Override
  public boolean close(Duration deadline) {
    return true;
  }

  @Override
  public void close() {}

  @Override
  public long nextStepIn(long now) {
    return 0;
  }

  @Override
  public boolean isDone() {
    return false;
  }
}
