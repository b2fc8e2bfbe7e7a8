package io.forebay.workers;

import io.forebay.slots.Slot;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.Outcome;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.internal.binding.ValueCodec;
import io.forebay.workers.internal.pools.CallArguments;
import io.forebay.workers.internal.pools.CallFuture;
import io.forebay.workers.internal.pools.StandalonePool;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls a named function on values, on several workers: processes or threads. Made by {@link
 * Pools#calls}. Thread-safe.
 *
 * <p>At most {@code inFlight} calls (or batches of a {@link #map}) are on their way at once; one
 * more blocks, is rejected, or waits for a while, as {@link PoolBuilder#whenFull} says.
 *
 * <p>A call that ends its worker process is tried again on another one (see {@link
 * PoolBuilder#retry}), and fails when it has cost that one, too; no other call notices.
 */
public final class CallPool<I, O> implements AutoCloseable {
  private final StandalonePool pool;
  private final ValueCodec<I, O> codec;

  CallPool(StandalonePool pool, ValueCodec<I, O> codec) {
    this.pool = pool;
    this.codec = codec;
  }

  /**
   * Calls the function.
   *
   * <p>The future completes with the result, or exceptionally with a {@link CallException}. {@code
   * cancel(true)} stops the call even if it runs: its worker process is killed and replaced; a
   * thread is interrupted. What depends on the future runs on a virtual thread, or on a thread that
   * waits for it.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the pool is closed; if it is full
   *     and its policy says so; if the thread is interrupted while it waits for room
   */
  public CompletableFuture<O> call(I input) {
    return call(input, output -> output);
  }

  /** As {@link #call(Object)}, with something done to the result, soon. */
  public <T> CompletableFuture<T> call(I input, Function<O, T> result) {
    long left = pool.settings.deadlineNanos();
    Slot slot = pool.poll();
    if (slot == null) {
      long began = MonotonicClock.nanos();
      slot = pool.take(left);
      left = left == Long.MAX_VALUE ? left : left - (MonotonicClock.nanos() - began);
    }
    if (slot == null) {
      return CompletableFuture.failedFuture(pool.late());
    }
    CallArguments<I, O> argument = new CallArguments<>(pool, codec, slot, one(input));
    return CallFuture.begin(argument.call, () -> read(argument, result), value -> {}, left);
  }

  private static <I, O, T> T read(CallArguments<I, O> argument, Function<O, T> result) {
    return switch (argument.outcomes().getFirst()) {
      case Outcome.Returned<I, O> returned -> result.apply(returned.output());
      case Outcome.Failed<I, O> failed -> throw failed.exception();
    };
  }

  @SuppressWarnings("NullAway") // A list that may hold null: the codec refuses it in one sentence.
  private static <I> List<I> one(@Nullable I input) {
    return Collections.singletonList(input);
  }

  /**
   * The function's results for all inputs, in their order, lazily: see {@link Mapping}. The first
   * call that fails ends the stream with its {@link CallException}.
   */
  public Stream<O> map(Stream<? extends I> inputs) {
    return mapping(inputs.iterator()).outputs().onClose(inputs::close);
  }

  /** The function over all that the iterator gives, which may be without end. */
  public Mapping<I, O> mapping(Iterator<? extends I> inputs) {
    return new Mapping<>(pool, codec, inputs);
  }

  /** What the workers do now. */
  public PoolSnapshot snapshot() {
    return pool.workers().snapshot();
  }

  /**
   * Takes no more calls, waits for those in flight, up to a deadline, and ends the workers. Calls
   * that are not finished by then fail.
   */
  public void close(Duration deadline) {
    pool.close(deadline);
  }

  /** As {@link #close(Duration)}, with the builder's {@link PoolBuilder#closeWithin}. */
  @Override
  public void close() {
    pool.close(pool.settings.closeWithin());
  }

  public StandalonePool pool() {
    return pool;
  }
}
