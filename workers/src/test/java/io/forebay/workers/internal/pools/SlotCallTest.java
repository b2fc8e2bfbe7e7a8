package io.forebay.workers.internal.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.BatchResult;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.Repeat;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.calls.WorkerOptions;
import io.forebay.workers.internal.supervision.PoolFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Giving a call up while it goes to the workers once more; the workers are played. */
@Timeout(30)
public final class SlotCallTest {
  private static final Schema INPUT = Schema.of(Field.of("value", ColumnType.INT64));

  /** What becomes of a batch that a call was given up on: the workers that were to be killed. */
  private final List<Boolean> cancels = new ArrayList<>();

  private final List<CompletableFuture<Completion>> submitted = new ArrayList<>();
  private Runnable inSubmit = () -> {};

  /** Workers that do nothing, and note who cancels what. */
  private final class Played implements WorkerPool {
    @Override
    public CompletableFuture<Completion> submit(Slot slot, CallOptions options) {
      CompletableFuture<Completion> call =
          new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
              if (!isDone()) {
                cancels.add(mayInterruptIfRunning);
              }
              return complete(Completion.Unavailable.CANCELLED);
            }
          };
      submitted.add(call);
      inSubmit.run();
      return call;
    }

    @Override
    public int workers() {
      return 1;
    }

    @Override
    public int capacity() {
      return 1;
    }

    @Override
    public boolean hasIdleWorker() {
      return true;
    }

    @Override
    public PoolSnapshot snapshot() {
      return new PoolSnapshot(1, 0, 0, 0);
    }

    @Override
    public boolean close(Duration deadline) {
      return true;
    }

    @Override
    public void close() {}
  }

  private final BoundFunction function =
      FunctionBinder.bind(FunctionSpec.of(Twice.class.getName()), INPUT);
  private final SlotSchema schema = SlotSchema.of(INPUT, false, List.of(function.outputs()));
  private final SlotArea area = SlotArea.local(1, 1 << 14);
  private final PoolSettings settings =
      new PoolSettings(
          PoolFixture.config(1, 1),
          new WorkerOptions(1, Optional.empty(), true),
          1 << 14,
          false,
          Long.MAX_VALUE,
          WhenFull.block(),
          Repeat.ALWAYS,
          Duration.ZERO,
          WorkerLog.system());
  private final StandalonePool pool =
      new StandalonePool(settings, function, schema, area, new Played());

  public record In(long value) {}

  public record Out(long twice) {}

  public static final class Twice implements io.forebay.RecordFunction<In, Out> {
    @Override
    public Out apply(In in) {
      return new Out(2 * in.value);
    }
  }

  @AfterEach
  void close() {
    pool.end();
  }

  private CallFuture<BatchResult> begin(long deadlineNanos) {
    Slot slot = pool.await();
    slot.format(1, 0);
    var row = pool.row(slot);
    row.setLong(0, 7);
    assertThat(slot.append(row, 0, 0)).isTrue();
    SubmittedBatch batch = new SubmittedBatch(pool, slot);
    return CallFuture.begin(
        new SlotCall(pool, slot, batch), batch::result, BatchResult::close, deadlineNanos);
  }

  /** The workers say that the outputs need more room: the batch goes to them once more. */
  private void overflow() {
    Slot slot = area.slot(0, schema);
    var out = slot.beginCall(0, RowShape.SAME);
    out.overflowed(0, 1_000);
    submitted.getLast().complete(new Completion.Done(slot.result(0), 0, 0));
  }

  @Test
  void kills_no_worker_when_cancel_without_interrupt_comes_before_the_call_goes_again() {
    CallFuture<BatchResult> future = begin(Long.MAX_VALUE);
    inSubmit =
        () -> { // The second time, before anybody but this thread knows of it.
          inSubmit = () -> {};
          assertThat(future.cancel(false)).isTrue();
          assertThat(cancels).isEmpty();
        };
    overflow();

    assertThat(submitted).hasSize(2);
    assertThat(cancels).containsExactly(false);
    assertThat(pool.poll()).as("the slot, which came back").isNotNull();
  }

  @Test
  void kills_the_worker_when_cancel_with_interrupt_comes_before_the_call_goes_again() {
    CallFuture<BatchResult> future = begin(Long.MAX_VALUE);
    inSubmit =
        () -> {
          inSubmit = () -> {};
          assertThat(future.cancel(true)).isTrue();
        };
    overflow();

    assertThat(cancels).containsExactly(true);
  }

  @Test
  void does_not_call_again_when_it_was_cancelled_before_it_came_back() {
    CallFuture<BatchResult> future = begin(Long.MAX_VALUE);
    // What was registered last runs first: before anybody looks at the batch.
    var _ = submitted.getLast().thenRun(() -> future.cancel(false));
    overflow();

    assertThat(submitted).hasSize(1);
    assertThat(cancels).isEmpty();
    assertThat(pool.poll()).isNotNull();
  }
}
