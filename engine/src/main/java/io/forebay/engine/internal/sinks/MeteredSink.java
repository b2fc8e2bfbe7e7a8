package io.forebay.engine.internal.sinks;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.Meters;
import io.forebay.engine.internal.measure.OutputMeter;
import io.forebay.engine.internal.tap.TapPoint;
import io.forebay.internal.events.CommitEvent;
import io.forebay.internal.log.Part;
import io.forebay.internal.rows.RefusalStreak;
import java.io.IOException;
import java.util.List;

/**
 * Measures a sink, and ends the run when its store refuses everything. What is logged meanwhile is
 * said for the sink.
 */
final class MeteredSink extends ForwardingSink {
  private final Part part;
  private final Ticker ticker;
  private final OutputMeter meter;
  private final RefusalStreak streak = new RefusalStreak();
  private final TapPoint given = new TapPoint();

  MeteredSink(String name, Sink inner, Ticker ticker, OutputMeter meter) {
    super(inner);
    this.part = Part.sink(name);
    this.ticker = ticker;
    this.meter = meter;
  }

  /** What the sink is given. */
  public TapPoint given() {
    return given;
  }

  @Override
  public void open(SinkContext context) throws IOException {
    try (var _ = part.enter()) {
      super.open(context);
    }
  }

  @Override
  public void write(Batch batch) throws IOException {
    given.pass(batch);
    meter.begins(OutputMeter.Phase.WRITING, ticker.nanos());
    try (var _ = part.enter()) {
      super.write(batch);
      streak.given(batch.rows());
      meter.written(batch.rows(), Meters.ON ? batch.valueBytes() : 0);
    } finally {
      meter.ends(ticker.nanos());
    }
  }

  @Override
  public void flush() throws IOException {
    meter.begins(OutputMeter.Phase.WRITING, ticker.nanos());
    try (var _ = part.enter()) {
      super.flush();
    } finally {
      meter.ends(ticker.nanos());
    }
  }

  /**
   * The sink has said that its store refuses these rows.
   *
   * @param flushed whether everything was handed to the store
   * @throws IOException if it takes nothing
   */
  void refused(List<Refusal> rows, boolean flushed) throws IOException {
    streak.refused(rows, flushed);
    meter.refused(rows.size());
  }

  @Override
  public void commit(Progress progress) throws IOException {
    boolean committed = false;
    CommitEvent event = CommitEvent.begun();
    meter.begins(OutputMeter.Phase.COMMITTING, ticker.nanos());
    try (var _ = part.enter()) {
      super.commit(progress);
      streak.committed();
      committed = true;
    } finally {
      long nanos = meter.ends(ticker.nanos());
      if (committed) {
        meter.committed(nanos);
      }
      event.ended(part.name(), committed);
    }
  }

  /**
   * The sink was opened again.
   *
   * @param committed whether it has what was written; otherwise that is written again
   */
  void reopened(boolean committed) {
    if (committed) {
      streak.committed();
      meter.committed();
    } else {
      streak.reopened();
      meter.reopened();
    }
  }
}
