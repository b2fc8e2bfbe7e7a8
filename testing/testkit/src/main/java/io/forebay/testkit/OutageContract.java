package io.forebay.testkit;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.RetryableException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SinkContract#checkRetryable} checks: plays the engine for a sink whose store goes
 * away before each write and each commit of a run, for one attempt to bring it back or for more.
 */
final class OutageContract {
  private static final int STEPS = 4;
  private static final String PIPELINE = "outage";
  private static final String PARTITION = "source";

  private final Supplier<? extends RetryablePlace<? extends Sink>> places;
  private final IntFunction<? extends Batch> batches;
  private final Schema schema;

  OutageContract(
      Supplier<? extends RetryablePlace<? extends Sink>> places,
      IntFunction<? extends Batch> batches,
      Schema schema) {
    this.places = places;
    this.batches = batches;
    this.schema = schema;
  }

  void check() throws IOException {
    Object undisturbed = Objects.requireNonNull(run(0, 0));
    for (int call = 1; call <= 2 * STEPS; call++) {
      for (int attempts = 0; attempts <= 2; attempts++) {
        String when =
            "the store was away from call %d on, for %d attempts".formatted(call, attempts);
        Object contents;
        try {
          contents = run(call, attempts);
        } catch (IOException e) {
          throw new AssertionError(when + ": " + e, e);
        }
        if (contents != null && !contents.equals(undisturbed)) {
          throw new AssertionError(when + ": expected " + undisturbed + ", but was " + contents);
        }
      }
    }
  }

  /**
   * Writes and commits each step; before call number {@code outage} the store goes away.
   *
   * @return the contents; null if rows may be there twice
   */
  private @Nullable Object run(int outage, int attempts) throws IOException {
    RetryablePlace<? extends Sink> place = places.get();
    boolean once;
    try (Sink sink = place.output()) {
      once = sink.effectivelyOnce();
      sink.open(context(false));
      for (int step = 1; step <= STEPS; step++) {
        if (outage == 2 * step - 1) {
          place.takeAway();
        }
        boolean written = attempt(sink, step, false);
        if (!written) {
          bringBack(sink, place, step, attempts);
        }
        if (outage == 2 * step) {
          place.takeAway();
        }
        if (!attempt(sink, step, true)) {
          if (!bringBack(sink, place, step, attempts)) {
            sink.commit(progress(step));
          }
        } else if (written && (outage == 2 * step || outage == 2 * step - 1)) {
          throw new AssertionError(
              "the store was away in step " + step + ", and neither write nor commit said so");
        }
      }
    }
    return once || outage == 0 ? place.contents() : null;
  }

  private boolean attempt(Sink sink, int step, boolean commit) throws IOException {
    try {
      if (commit) {
        sink.commit(progress(step));
      } else {
        sink.write(batches.apply(step));
      }
      return true;
    } catch (RetryableException e) {
      return false;
    }
  }

  /** As the engine does it; whether the commit of {@code step} has happened. */
  private boolean bringBack(Sink sink, RetryablePlace<? extends Sink> place, int step, int attempts)
      throws IOException {
    for (int i = 0; i < attempts; i++) {
      boolean opened = true;
      try {
        sink.recover();
        sink.open(context(step > 1));
      } catch (RetryableException e) {
        opened = false;
      }
      if (opened && !attempt(sink, step, false)) {
        opened = false;
      }
      if (opened && attempt(sink, step, true)) {
        throw new AssertionError("a commit went well while the store was away");
      }
    }
    place.bringBack();
    Optional<Progress> found = sink.recover();
    boolean happened = found.equals(Optional.of(progress(step)));
    Optional<Progress> before = step == 1 ? Optional.empty() : Optional.of(progress(step - 1));
    boolean begun = found.map(Progress::frontier).equals(Optional.of(Frontier.START));
    if (!happened && !found.equals(before) && !(step == 1 && begun) && sink.effectivelyOnce()) {
      throw new AssertionError(
          "recover() after the store came back: expected " + before + ", but was " + found);
    }
    sink.open(context(step > 1 || happened));
    if (!happened) {
      sink.write(batches.apply(step));
    }
    return happened;
  }

  private SinkContext context(boolean resume) {
    return new SinkContext(PIPELINE, schema, List.of(PARTITION), resume);
  }

  private static Progress progress(int step) {
    Frontier frontier = new Frontier(Map.of(PARTITION, new Position(7L * step, 70L * step)));
    return new Progress(PIPELINE, frontier, step == STEPS);
  }
}
