package io.forebay.workers;

import io.forebay.workers.api.CallException;
import io.forebay.workers.api.Outcome;
import io.forebay.workers.internal.binding.ValueCodec;
import io.forebay.workers.internal.pools.MapRun;
import io.forebay.workers.internal.pools.StandalonePool;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A function over many arguments, lazily: arguments are taken from their iterator only as results
 * are taken from the stream, and at most so many ahead as the pool has in flight. Several arguments
 * travel in one slot, so that the process border is paid once for them.
 *
 * <p>Immutable. The streams are sequential, pull on the thread of their terminal operation, and are
 * to be closed if they are not read to their end: what is in flight is cancelled then.
 *
 * <pre>{@code
 * try (Stream<Outcome<Reading, Features>> outcomes =
 *     pool.mapping(readings.iterator()).unordered().outcomes()) {
 *   outcomes.forEach(...);
 * }
 * }</pre>
 */
public final class Mapping<I, O> {
  private final StandalonePool pool;
  private final ValueCodec<I, O> codec;
  private final Iterator<? extends I> inputs;
  private final boolean ordered;
  private final int batch;

  Mapping(StandalonePool pool, ValueCodec<I, O> codec, Iterator<? extends I> inputs) {
    this(pool, codec, inputs, true, 0);
  }

  private Mapping(
      StandalonePool pool,
      ValueCodec<I, O> codec,
      Iterator<? extends I> inputs,
      boolean ordered,
      int batch) {
    this.pool = pool;
    this.codec = codec;
    this.inputs = inputs;
    this.ordered = ordered;
    this.batch = batch;
  }

  /** Results as they are completed, in place of the arguments' order. */
  public Mapping<I, O> unordered() {
    return new Mapping<>(pool, codec, inputs, false, batch);
  }

  /**
   * How many arguments travel together, at least 1. Unless told, what makes about 20 ms of work is
   * found out. As many as fit are what a slot can hold.
   */
  public Mapping<I, O> batch(int arguments) {
    if (arguments < 1) {
      throw new IllegalArgumentException("a batch of " + arguments + " arguments");
    }
    return new Mapping<>(pool, codec, inputs, ordered, arguments);
  }

  /** What becomes of each argument. */
  public Stream<Outcome<I, O>> outcomes() {
    MapRun<I, O> run = new MapRun<>(pool, codec, inputs, ordered, batch);
    int traits = Spliterator.NONNULL | (ordered ? Spliterator.ORDERED : 0);
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(run, traits), false)
        .onClose(run::close);
  }

  /** The results; the first argument without one ends the stream with its {@link CallException}. */
  public Stream<O> outputs() {
    return outcomes()
        .map(outcome ->
            switch (outcome) {
              case Outcome.Returned<I, O> returned -> returned.output();
              case Outcome.Failed<I, O> failed -> throw failed.exception();
            });
  }
}
