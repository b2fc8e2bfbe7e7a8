package io.forebay.engine;

import io.forebay.workers.Completion;
import io.forebay.workers.RecordMapping;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The batches that a stage over records has taken and not reported. Whoever takes one out reports
 * it; so each is reported exactly once, also when the stage is closed while functions run. Any
 * thread may call.
 */
final class OpenCalls {
  private final String name;
  private final RecordMapping mapping;
  private final int stage;
  private final Completions completions;
  private final Ticker ticker;
  private final Completion unspoken;
  private final Set<RecordCalls> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  OpenCalls(String name, RecordMapping mapping, int stage, Completions completions, Ticker ticker) {
    this.name = name;
    this.mapping = mapping;
    this.stage = stage;
    this.completions = completions;
    this.ticker = ticker;
    this.unspoken = new Completion.Lost(-1, "stage " + name + " lost a batch", "");
  }

  RecordCalls begin(InFlightBatch batch) {
    RecordCalls calls = new RecordCalls(batch, mapping, stage, ticker.nanos());
    open.add(calls);
    if (closed) {
      abandon(calls);
    }
    return calls;
  }

  /** All records are settled: writes the results and reports the batch. */
  void finish(RecordCalls calls) {
    if (!open.remove(calls)) {
      return; // Closed meanwhile: the slot is not the stage's any more.
    }
    Completion completion = unspoken; // For an error that leaves no memory for a sentence.
    try {
      completion = write(calls);
    } finally {
      completions.completed(calls.batch(), completion);
    }
  }

  private Completion write(RecordCalls calls) {
    try {
      return calls.write(ticker.nanos());
    } catch (Throwable e) {
      return new Completion.Lost(
          -1,
          "stage "
              + name
              + " lost a batch to "
              + e
              + " while its results were written: give the process more memory",
          "");
    }
  }

  /** Reports all that are left; their threads have ended, or have been given up. */
  void close() {
    closed = true;
    List.copyOf(open).forEach(this::abandon);
  }

  private void abandon(RecordCalls calls) {
    if (open.remove(calls)) {
      completions.completed(
          calls.batch(),
          new Completion.Unavailable(
              "the stage " + name + " was closed before the batch was computed", Duration.ZERO));
    }
  }
}
