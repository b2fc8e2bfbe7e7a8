package io.forebay.workers.internal.supervision;

import io.forebay.errors.ConfigurationException;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.calls.WorkerOptions;
import io.forebay.workers.internal.protocol.ReplyMemory;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls the function in worker processes that share the slots' memory. A worker that dies takes
 * nothing with it: its batches are given to others and the worker is replaced.
 *
 * <p>Any thread may call. Futures complete on the pool's supervisor thread, or on a thread that
 * waits in {@link #submit}, or in {@code get} or {@code join} of a returned future: such a thread
 * looks after all finished batches while it waits. {@link Fleet} says what its lock guards.
 */
public final class ProcessPool implements WorkerPool, Call.Owner {
  enum State {
    OPEN,
    DRAINING,
    CLOSED
  }

  final PoolConfig config;
  final WorkerOptions options;
  public final Fleet fleet;
  final WorkerSelector doorbell;
  final Settlement settlement;
  private final CompletionWait completionWait;
  public final Supervisor supervisor;

  /** Where the workers answer; null: in the slots. */
  private final @Nullable ReplyMemory replies;

  private volatile State state = State.OPEN;

  private ProcessPool(PoolConfig config, WorkerStarter.Plan plan, WorkerLog log)
      throws IOException {
    this.config = config;
    this.options = plan.options();
    this.fleet =
        options.faultsStop()
            ? new Fleet(config, WorkerStarter.SPARES)
            : new Fleet(
                config, WorkerStarter.SPARES, Breaker.ofUnexplainedDeaths(config.workers()));
    this.doorbell = new WorkerSelector();
    this.settlement = new Settlement(fleet, doorbell, plan.stage());
    this.completionWait = new CompletionWait(fleet, settlement, doorbell);
    this.replies = isProtected(config, plan.function()) ? replies(config, plan.area()) : null;
    this.supervisor = new Supervisor(this, plan, replies, log);
  }

  /** Whether workers may write into nothing but memory of their own. */
  private static boolean isProtected(PoolConfig config, BoundFunction function) {
    return config.processes().protect().orElse(function.spec().isPython());
  }

  private static ReplyMemory replies(PoolConfig config, SlotArea area) throws IOException {
    int window = config.inFlightPerWorker();
    return ReplyMemory.create(
        new ReplyMemory.Shape(
            config.workers() + WorkerStarter.SPARES,
            Ring.entriesFor(window),
            window,
            area.slotBytes()));
  }

  /**
   * Starts the worker processes and waits until they have bound the function.
   *
   * @param area the shared area in which the submitted slots lie; see {@link #controlBytes}
   * @param controlOffset where this pool's part of the control region begins
   * @throws ConfigurationException if a worker refuses to work, or cannot start
   */
  public static ProcessPool start(
      PoolConfig config,
      BoundFunction function,
      int stage,
      SlotSchema schema,
      SlotArea area,
      long controlOffset)
      throws IOException {
    return start(config, function, stage, schema, area, controlOffset, WorkerLog.system());
  }

  /** As the other one, with what the workers print and what becomes of them told to {@code log}. */
  public static ProcessPool start(
      PoolConfig config,
      BoundFunction function,
      int stage,
      SlotSchema schema,
      SlotArea area,
      long controlOffset,
      WorkerLog log)
      throws IOException {
    WorkerOptions options = WorkerOptions.of(config);
    return start(
        config, new WorkerStarter.Plan(function, stage, schema, area, controlOffset, options), log);
  }

  /** As the other ones, with all that can be chosen. */
  public static ProcessPool start(PoolConfig config, WorkerStarter.Plan plan, WorkerLog log)
      throws IOException {
    plan.check(config);
    ProcessPool pool = new ProcessPool(config, plan, log);
    try {
      pool.supervisor.startAll();
      return pool;
    } catch (IOException | RuntimeException | Error e) {
      pool.close();
      throw e;
    } catch (InterruptedException e) {
      pool.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the workers of stage " + config.name() + " start");
    }
  }

  /** How much of the control region a pool of this configuration needs. */
  public static long controlBytes(PoolConfig config) {
    return WorkerStarter.controlBytes(config);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where {@code cancel(true)} kills a worker, its other batches go to other workers, and are
   * not charged.
   */
  @Override
  public CompletableFuture<Completion> submit(Slot slot, CallOptions options)
      throws InterruptedException {
    Call call = new Call(this, slot, MonotonicClock.nanos(), options);
    Worker worker;
    fleet.lock.lockInterruptibly();
    try {
      while (fleet.inFlight() >= capacity()
          && state == State.OPEN
          && !fleet.breaker.advance(MonotonicClock.nanos())) {
        fleet.lock.unlock();
        try {
          completionWait.awaitProgress(() -> fleet.inFlight() < capacity() || state != State.OPEN);
        } finally {
          fleet.lock.lock();
        }
      }
      if (state != State.OPEN) {
        throw new IllegalStateException("the worker pool is closed");
      }
      if (fleet.breaker.advance(call.submitted)) {
        return CompletableFuture.completedFuture(
            fleet.breaker.unavailable(config.name(), call.submitted));
      }
      worker = fleet.submit(call, call.submitted);
    } finally {
      fleet.lock.unlock();
    }
    if (worker != null) {
      worker.ring();
    }
    return call;
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    helpUntilDone(future);
    WorkerPool.super.await(future);
  }

  @Override
  public void helpUntilDone(CompletableFuture<?> future) throws InterruptedException {
    while (!future.isDone() && state != State.CLOSED && !supervisor.isCurrentThread()) {
      completionWait.awaitProgress(future::isDone);
    }
  }

  @Override
  public void wakeUp() {
    doorbell.wakeUp();
  }

  @Override
  public int workers() {
    return config.workers();
  }

  @Override
  public int capacity() {
    return options.capacity();
  }

  @Override
  public boolean hasIdleWorker() {
    for (Worker worker : fleet.active()) {
      if (worker.ring.isIdle()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public PoolSnapshot snapshot() {
    int busy = fleet.places.busy();
    fleet.lock.lock();
    try {
      long now = MonotonicClock.nanos();
      return new PoolSnapshot(
          fleet.active().length,
          busy,
          fleet.restarts(),
          fleet.timeouts(),
          -1,
          fleet.costs.spent(fleet.active()),
          fleet.costs.ends(now),
          fleet.costs.each(fleet.places, now),
          fleet.unwanted.list(now));
    } finally {
      fleet.lock.unlock();
    }
  }

  @Override
  public boolean close(Duration deadline) {
    long until = MonotonicClock.nanos() + deadline.toNanos();
    fleet.lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.DRAINING;
      }
    } finally {
      fleet.lock.unlock();
    }
    try {
      while (state == State.DRAINING && !isIdle() && MonotonicClock.nanos() - until < 0) {
        completionWait.awaitProgress(() -> isIdle() || state != State.DRAINING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
    return true;
  }

  @Override
  public void close() {
    fleet.lock.lock();
    try {
      state = State.CLOSED;
    } finally {
      fleet.lock.unlock();
    }
    supervisor.shutDown();
    if (replies != null) {
      replies.close();
    }
  }

  State state() {
    return state;
  }

  /** The supervisor cannot go on. */
  void fail() {
    state = State.CLOSED;
  }

  boolean isIdle() {
    fleet.lock.lock();
    try {
      return fleet.inFlight() == 0 && fleet.settling.get() == 0;
    } finally {
      fleet.lock.unlock();
    }
  }

  @Override
  public boolean cancel(Call call, boolean kill) {
    boolean waited;
    fleet.lock.lock();
    try {
      if (call.isDone()) {
        return false;
      }
      waited = fleet.cancel(call, kill);
    } finally {
      fleet.lock.unlock();
    }
    if (waited) {
      settlement.giveUp(List.of(call));
      doorbell.wakeUp(); // For whoever waits for room.
    }
    return true;
  }
}
