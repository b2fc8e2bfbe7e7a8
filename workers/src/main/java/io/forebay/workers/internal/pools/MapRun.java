package io.forebay.workers.internal.pools;

import io.forebay.workers.api.CallException;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.Outcome;
import io.forebay.workers.internal.binding.ValueCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Mapping} on its way. The thread that takes outcomes does everything: it takes
 * arguments, fills slots, and waits. Between two slots it looks whether outcomes are there, so that
 * slow arguments do not hold back what is finished.
 *
 * <p>Used by one thread at a time, but for {@link #close}.
 */
public final class MapRun<I, O> implements Iterator<Outcome<I, O>> {
  /** How long a slot waits for more arguments once it has one. */
  private static final long LINGER_NANOS = 20_000_000;

  private final StandalonePool pool;
  private final ValueCodec<I, O> codec;
  private final Iterator<? extends I> inputs;
  private final boolean ordered;
  private final RowsPerSlot rows;
  private final int most;
  private final Deque<CallArguments<I, O>> calls = new ArrayDeque<>();
  private final Deque<Outcome<I, O>> ready = new ArrayDeque<>();
  private volatile boolean closed;

  public MapRun(
      StandalonePool pool,
      ValueCodec<I, O> codec,
      Iterator<? extends I> inputs,
      boolean ordered,
      int batch) {
    this.pool = pool;
    this.codec = codec;
    this.inputs = inputs;
    this.ordered = ordered;
    this.rows = new RowsPerSlot(batch);
    // All slots but one: another map, or a call, gets its turn.
    this.most = Math.max(1, pool.settings.options().capacity() - 1);
  }

  @Override
  public boolean hasNext() {
    boolean pulled = false;
    while (ready.isEmpty()) {
      CallArguments<I, O> finished = pulled || calls.size() >= most ? finished() : null;
      if (finished == null && calls.size() < most && !closed && pull()) {
        pulled = true;
        continue;
      }
      if (finished == null) {
        if (calls.isEmpty()) {
          return false;
        }
        finished = awaitOne();
      }
      take(finished);
    }
    return true;
  }

  @Override
  public Outcome<I, O> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.removeFirst();
  }

  /** Sends a slot with arguments; false if there is no argument, or no room at the moment. */
  private boolean pull() {
    // Where nothing of ours is in flight, it is others who have all the slots: they give them back.
    var slot = pool.poll();
    if (slot == null && !calls.isEmpty()) {
      return false;
    }
    List<I> arguments = new ArrayList<>();
    try {
      if (slot == null) {
        if (!inputs.hasNext()) {
          return false;
        }
        slot = pool.await();
      }
      int wanted = rows.rows();
      long until = 0;
      while (arguments.size() < wanted && inputs.hasNext()) {
        arguments.add(inputs.next());
        long now = MonotonicClock.nanos();
        until = arguments.size() == 1 ? now + LINGER_NANOS : until;
        if (now - until >= 0) {
          break;
        }
      }
    } finally {
      if (arguments.isEmpty() && slot != null) {
        pool.give(slot);
      }
    }
    if (arguments.isEmpty()) {
      return false;
    }
    CallArguments<I, O> sent = new CallArguments<>(pool, codec, slot, arguments);
    calls.add(sent);
    // The deadline of a call is that of a slot with calls.
    sent.call.begin(pool.settings.deadlineNanos(), late -> {});
    return true;
  }

  /** The slot whose turn it is, if it has come back. */
  private @Nullable CallArguments<I, O> finished() {
    if (ordered) {
      CallArguments<I, O> first = calls.peekFirst();
      return first != null && first.call.done.isDone() ? first : null;
    }
    for (CallArguments<I, O> each : calls) {
      if (each.call.done.isDone()) {
        return each;
      }
    }
    return null;
  }

  private CallArguments<I, O> awaitOne() {
    try {
      CallArguments<I, O> first = calls.getFirst();
      if (ordered || calls.size() == 1) {
        first.call.awaitOr(first.call.done);
        return first;
      }
      CompletableFuture<?> any =
          CompletableFuture.anyOf(
              calls.stream().map(each -> each.call.done).toArray(CompletableFuture<?>[]::new));
      for (CallArguments<I, O> each : calls) {
        each.call.wakes(Thread.currentThread());
      }
      pool.await(any);
      CallArguments<I, O> finished = finished();
      return finished == null ? first : finished;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new CallException(
          CallException.Kind.UNAVAILABLE, "interrupted while waiting for results", "");
    }
  }

  private void take(CallArguments<I, O> each) {
    calls.remove(each);
    ready.addAll(each.outcomes());
    rows.observe(each.nanosPerRow());
  }

  /** Takes no more arguments, and cancels what is in flight. */
  public void close() {
    closed = true;
    for (CallArguments<I, O> each : List.copyOf(calls)) {
      each.call.cancel(true);
    }
  }
}
