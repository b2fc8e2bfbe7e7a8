package io.forebay.engine.internal.sinks;

import io.forebay.Refusal;
import io.forebay.RowFilter;
import io.forebay.Sink;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.OutputMeter;
import io.forebay.engine.internal.recovery.ResumePoint;
import io.forebay.engine.internal.tap.TapPoint;
import io.forebay.internal.concurrent.Backoff;
import io.forebay.snapshot.SinkSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A sink within the decorators that it needs, from the outside: {@link ReopenedSink} brings it back
 * when its store was away, {@link ResumedSink} leaves out what it has, {@link SelectedSink} what is
 * not meant for it, {@link MeteredSink} measures. Used by the thread that drives the sink, except
 * for {@link #snapshot}.
 *
 * @param sink the outermost decorator
 * @param reopened the one that brings it back, if it may be away
 * @param resume what the sink has already
 */
public record SinkChain(
    String name,
    Sink sink,
    MeteredSink metered,
    Optional<ReopenedSink> reopened,
    ResumePoint resume,
    OutputMeter meter) {
  /**
   * Decorates a sink that is not open yet.
   *
   * @param which the rows that are meant for the sink; empty: all
   * @param notFor the sources whose records the sink does not get
   * @param random for the waits between attempts to bring it back
   */
  public static SinkChain of(
      String name,
      Sink sink,
      Optional<RowFilter> which,
      ResumePoint resume,
      Set<String> notFor,
      Ticker ticker,
      RandomGenerator random) {
    OutputMeter meter = new OutputMeter();
    MeteredSink metered = new MeteredSink(name, sink, ticker, meter);
    Sink outermost = which.isEmpty() ? metered : new SelectedSink(metered, which.get());
    if (!resume.ahead().positions().isEmpty() || !notFor.isEmpty()) {
      outermost = new ResumedSink(outermost, resume.ahead(), notFor);
    }
    Optional<ReopenedSink> reopened = Optional.empty();
    if (sink.retryable()) {
      ReopenedSink last =
          new ReopenedSink(outermost, metered, meter, resume.has(), ticker, new Backoff(random));
      reopened = Optional.of(last);
      outermost = last;
    }
    return new SinkChain(name, outermost, metered, reopened, resume, meter);
  }

  /** What it is given. */
  public TapPoint given() {
    return metered.given();
  }

  /** Whether the sink is brought back when its store was away. */
  public boolean mayBeAway() {
    return reopened.isPresent();
  }

  /**
   * The rows that the store has refused since the last call.
   *
   * @param flushed whether everything was handed to the store
   * @throws IOException if it takes nothing
   */
  List<Refusal> refused(boolean flushed) throws IOException {
    List<Refusal> refused = sink.refused();
    metered.refused(refused, flushed);
    return refused;
  }

  public SinkSnapshot snapshot(long now, long elapsedNanos) {
    return meter.snapshot(name, now, elapsedNanos, sink.backlogBytes());
  }
}
