package io.forebay.workers.internal.pools;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.Completion;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lincheck looks for an interleaving of a plain call's worker, its caller, who waits or cancels,
 * its deadline and the end of its pool in which the call is settled twice or never, or its slot is
 * given back twice or never. The workers are played; the call goes to them twice, since the first
 * time its outputs have no room.
 */
@Timeout(300)
public class CallFutureModelTest {
  private static final Slot SLOT =
      SlotArea.local(1, 1 << 12)
          .slot(0, SlotSchema.of(Schema.of(Field.of("n", ColumnType.INT64)), false, List.of()));

  private final Queue<Runnable> outside = new ConcurrentLinkedQueue<>();
  private final AtomicInteger given = new AtomicInteger();
  private final AtomicInteger read = new AtomicInteger();
  private final AtomicInteger used = new AtomicInteger();
  private volatile boolean mayKill;
  private volatile boolean killed;
  private volatile boolean taken;

  /** What the workers have at present. */
  private volatile @Nullable CompletableFuture<Completion> atWorkers;

  private final class Played implements SlotCall.Pool {
    @Override
    public CompletableFuture<Completion> submit(Slot slot, boolean careful) {
      check(given.get() == 0, "a slot that was given back is called");
      CompletableFuture<Completion> call =
          new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
              killed |= mayInterruptIfRunning && !isDone();
              return complete(Completion.Unavailable.CANCELLED);
            }
          };
      atWorkers = call;
      return call;
    }

    @Override
    public void give(Slot slot) {
      given.incrementAndGet();
    }

    /** As a pool of processes does: who waits settles what has come back. */
    @Override
    public void await(CompletableFuture<?> future) {
      while (!future.isDone()) {
        answer();
      }
    }

    @Override
    public void wakeUp() {}

    @Override
    public CallException late() {
      return new CallException(CallException.Kind.TIMED_OUT, "late", "");
    }
  }

  /** One thread at a time has it. */
  private final class TwoRounds implements SlotCall.Content {
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger fills = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();
    private volatile @Nullable CallException failure;

    private void enter() {
      check(inside.incrementAndGet() == 1, "two threads settle the batch");
    }

    private void leave() {
      inside.decrementAndGet();
    }

    @Override
    public boolean fill() {
      enter();
      boolean more = settled.get() == 0;
      fills.incrementAndGet();
      leave();
      return more;
    }

    @Override
    public boolean careful() {
      return false;
    }

    @Override
    public void returned(CallResult result) {
      enter();
      settled.incrementAndGet();
      leave();
    }

    @Override
    public void overflowed(int row) {
      enter();
      leave();
    }

    @Override
    public void lost(int row, CallException exception) {
      throw new IllegalStateException("no worker is lost");
    }

    @Override
    public void separate(Completion.Separate separate) {
      throw new IllegalStateException("no worker is lost");
    }

    @Override
    public void fail(CallException exception) {
      enter();
      if (settled.get() == 0) {
        settled.incrementAndGet();
        failure = exception;
      }
      leave();
    }

    @Override
    public boolean keepsSlot() {
      return failure == null;
    }

    /** The result, which has the slot until it is {@link #use used}. */
    Object read() {
      read.incrementAndGet();
      CallException thrown = failure;
      if (thrown != null) {
        throw thrown;
      }
      return this;
    }
  }

  private final TwoRounds content = new TwoRounds();
  private final SlotCall call = new SlotCall(new Played(), SLOT, content);
  private final CallFuture<Object> future =
      CallFuture.begin(call, content::read, result -> use(), Long.MAX_VALUE, outside::add);

  private void use() {
    used.incrementAndGet();
    given.incrementAndGet();
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  /** The workers answer. */
  @Operation
  public void answer() {
    CompletableFuture<Completion> present = atWorkers;
    if (present != null) {
      int overflow = content.fills.get() == 1 ? 0 : -1;
      present.complete(
          new Completion.Done(new CallResult(0, 1, 1, 0, List.of(), overflow, 0, 0), 0, 0));
    }
  }

  @Operation(runOnce = true)
  public void close() {
    CompletableFuture<Completion> present = atWorkers;
    if (present != null) {
      present.complete(new Completion.Unavailable("closed", Duration.ZERO));
    }
  }

  @Operation(runOnce = true)
  public void cancel() {
    future.cancel(false);
  }

  @Operation(runOnce = true)
  public void kill() {
    mayKill = true;
    future.cancel(true);
  }

  @Operation(runOnce = true)
  public void expire() {
    mayKill = true;
    call.expire();
  }

  /** Waits for the result and uses it. */
  @Operation(runOnce = true)
  public void take() throws InterruptedException {
    try {
      future.get();
      use();
    } catch (ExecutionException | CancellationException e) {
      // Not computed.
    }
    taken = true;
  }

  /** One of the virtual threads that settle what nobody waits for. */
  @Operation
  public void runOutside() {
    Runnable next = outside.poll();
    if (next != null) {
      next.run();
    }
  }

  @Validate
  public void isSettledOnce() throws InterruptedException {
    while (!call.done.isDone()) {
      answer();
    }
    while (!outside.isEmpty()) {
      runOutside();
    }
    check(future.isDone(), "nobody is told");
    if (!taken) {
      take();
    }
    check(content.settled.get() == 1, "settled " + content.settled.get() + " times");
    check(read.get() == 1, "read " + read.get() + " times");
    check(used.get() == (content.failure == null ? 1 : 0), "used " + used.get() + " times");
    check(given.get() == 1, "the slot was given back " + given.get() + " times");
    check(mayKill || !killed, "a worker was killed that nobody wanted to kill");
  }

  @Test
  void is_settled_once_and_gives_its_slot_back_once_in_every_interleaving() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("forebay.scenarios", 3))
        .invocationsPerIteration(Integer.getInteger("forebay.invocations", 25))
        .threads(3)
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(0)
        .check(CallFutureModelTest.class);
  }
}
