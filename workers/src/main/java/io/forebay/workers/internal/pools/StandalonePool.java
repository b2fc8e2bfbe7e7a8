package io.forebay.workers.internal.pools;

import io.forebay.errors.ConfigurationException;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.calls.Alarm;
import io.forebay.workers.internal.calls.Initializer;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.supervision.ProcessPool;
import io.forebay.workers.internal.supervision.WorkerStarter;
import io.forebay.workers.internal.threads.ThreadPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A worker pool with slots of its own, beneath {@code CallPool}, {@code BatchPool} and {@code
 * TaskExecutor}. Thread-safe. As many batches are in flight as there are slots, so that {@code
 * submit} finds room whenever its caller has a slot.
 */
public final class StandalonePool implements SlotCall.Pool {
  public final PoolSettings settings;
  public final BoundFunction function;
  private final SlotArea area;
  private final SlotStock stock;
  private final List<StagedRow> rows = new ArrayList<>();
  private final WorkerPool workers;
  private final CallOptions usual;
  private final CallOptions careful;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  StandalonePool(
      PoolSettings settings,
      BoundFunction function,
      SlotSchema schema,
      SlotArea area,
      WorkerPool workers) {
    this.settings = settings;
    this.function = function;
    this.area = area;
    this.workers = workers;
    this.usual = new CallOptions(settings.repeat(), false);
    this.careful = new CallOptions(settings.repeat(), true);
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < area.slots(); i++) {
      slots.add(area.slot(i, schema));
      rows.add(new StagedRow(schema));
    }
    this.stock = new SlotStock(settings.config().name(), slots);
  }

  /**
   * Starts the workers.
   *
   * @throws ConfigurationException in one sentence, if something cannot be as it was asked for
   */
  public static StandalonePool start(
      PoolSettings settings, BoundFunction function, boolean processes) {
    Alarm.startTimer();
    PoolConfig config = settings.config();
    settings.options().initializer().ifPresent(each -> Initializer.check(each, function.spec()));
    SlotSchema schema =
        SlotSchema.of(function.input(), settings.extras(), List.of(function.outputs()));
    int slots = settings.options().capacity();
    SlotArea.check(slots, settings.slotBytes(), schema);
    SlotArea area = null;
    boolean started = false;
    try {
      area =
          processes
              ? SlotArea.shared(slots, settings.slotBytes(), ProcessPool.controlBytes(config))
              : SlotArea.local(slots, settings.slotBytes());
      for (int i = 0; i < slots; i++) {
        area.slot(i, schema); // Refuses slots that are too small for the columns.
      }
      WorkerPool workers;
      if (processes) {
        var plan = new WorkerStarter.Plan(function, 0, schema, area, 0, settings.options());
        workers = ProcessPool.start(config, plan, settings.log());
      } else {
        workers = ThreadPool.start(config, function, settings.options());
      }
      started = true;
      return new StandalonePool(settings, function, schema, area, workers);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the pool " + config.name() + " cannot be started: " + e.getMessage(), e);
    } finally {
      if (!started && area != null) {
        area.close();
      }
    }
  }

  /** See {@link SlotStock#take}. */
  public @Nullable Slot take(long nanos) {
    return stock.take(settings.whenFull(), nanos);
  }

  /** Waits for a slot, whatever the policy. */
  public Slot await() {
    Slot slot = stock.take(WhenFull.block(), Long.MAX_VALUE);
    if (slot == null) {
      throw new AssertionError("for ever");
    }
    return slot;
  }

  public @Nullable Slot poll() {
    return stock.poll();
  }

  @Override
  public void give(Slot slot) {
    stock.give(slot);
  }

  /** The staged row that goes with the slot. */
  public StagedRow row(Slot slot) {
    return rows.get(slot.number());
  }

  /** Does not block, for the number of slots is the limit. */
  @Override
  public CompletableFuture<Completion> submit(Slot slot, boolean careful) {
    CallOptions options = careful ? this.careful : usual;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return workers.submit(slot, options);
        } catch (InterruptedException e) {
          interrupted = true; // Handing over is not what was to be interrupted.
        }
      }
    } catch (IllegalStateException e) {
      return CompletableFuture.completedFuture(
          new Completion.Unavailable(
              "the pool " + settings.config().name() + " is closed", Duration.ZERO));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    workers.await(future);
  }

  @Override
  public void wakeUp() {
    workers.wakeUp();
  }

  @Override
  public CallException late() {
    return new CallException(
        CallException.Kind.TIMED_OUT,
        "the call had no result within "
            + WorkerEnd.text(Duration.ofNanos(settings.deadlineNanos()))
            + ", the time that the pool "
            + name()
            + " gives to waiting and calling together: give it a longer deadline or more workers",
        "");
  }

  public String name() {
    return settings.config().name();
  }

  public WorkerPool workers() {
    return workers;
  }

  public boolean isClosed() {
    return stock.isClosed();
  }

  public boolean isEnded() {
    return ended.isDone();
  }

  /** Takes nothing more; what is in flight goes on. */
  public void shutDown() {
    stock.close();
  }

  /** Waits for what is in flight; false if the time has passed before. */
  public boolean awaitIdle(Duration longest) throws InterruptedException {
    return stock.awaitAll(longest.toNanos());
  }

  /** Waits for what is in flight, up to a deadline, and ends the workers. */
  public void close(Duration deadline) {
    shutDown();
    try {
      awaitIdle(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  /** Ends the workers; what is in flight completes as unavailable. */
  public void end() {
    shutDown();
    workers.close();
    if (ending.compareAndSet(false, true)) {
      area.close();
      ended.complete(null);
    }
  }

  /**
   * Waits until the workers have ended and their memory is given back; false if it takes longer.
   */
  public boolean awaitEnd(long nanos) throws InterruptedException {
    try {
      ended.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
