package io.forebay.otel;

import io.forebay.internal.events.BatchTrace;
import io.forebay.internal.events.BatchTracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A span for each batch that is sampled, from its first record's arrival until the sinks have
 * written it, and below it one for each call of a stage and one for the sinks. Used by the threads
 * that carry batches: a span is handed to a queue that never waits and never grows.
 */
final class BatchSpans implements BatchTracing {
  private final Tracer tracer;
  private final String pipeline;
  private final LongSupplier epochNanos;
  private final UnaryOperator<String> texts;

  /** How many nanoseconds lie between two traces at least; the sampler chooses among those. */
  private final long pause;

  private long next = Long.MIN_VALUE;

  BatchSpans(
      Tracer tracer,
      String pipeline,
      LongSupplier epochNanos,
      UnaryOperator<String> texts,
      int mostASecond) {
    this.tracer = tracer;
    this.pipeline = texts.apply(pipeline);
    this.epochNanos = epochNanos;
    this.texts = texts;
    this.pause = mostASecond <= 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / mostASecond;
  }

  @Override
  public @Nullable BatchTrace begin(long batch, long ageNanos) {
    long now = epochNanos.getAsLong();
    if (now < next) {
      return null;
    }
    next = now + pause;
    Span span =
        tracer
            .spanBuilder("batch")
            .setNoParent()
            .setStartTimestamp(now - ageNanos, TimeUnit.NANOSECONDS)
            .setAttribute("forebay.pipeline", pipeline)
            .setAttribute("forebay.batch", batch)
            .startSpan();
    return span.isRecording() ? new Trace(span) : null;
  }

  /** One batch; handed on with it, so that one thread at a time uses it. */
  private final class Trace implements BatchTrace {
    private final Span span;
    private final Context parent;
    private long handedOut;

    Trace(Span span) {
      this.span = span;
      this.parent = Context.root().with(span);
    }

    @Override
    public void called(
        String stage,
        int rows,
        long waitNanos,
        long serviceNanos,
        long transportNanos,
        String worker) {
      long now = epochNanos.getAsLong();
      String name = texts.apply(stage);
      tracer
          .spanBuilder("stage " + name)
          .setParent(parent)
          .setStartTimestamp(now - waitNanos - serviceNanos - transportNanos, TimeUnit.NANOSECONDS)
          .setAttribute("forebay.stage", name)
          .setAttribute("forebay.rows", (long) rows)
          .setAttribute("forebay.wait_seconds", waitNanos / 1e9)
          .setAttribute("forebay.service_seconds", serviceNanos / 1e9)
          .setAttribute("forebay.transport_seconds", transportNanos / 1e9)
          .setAttribute("forebay.worker", texts.apply(worker))
          .startSpan()
          .end(now, TimeUnit.NANOSECONDS);
    }

    @Override
    public void handedOut() {
      handedOut = handedOut == 0 ? epochNanos.getAsLong() : handedOut;
    }

    @Override
    public void written(int records) {
      long now = epochNanos.getAsLong();
      tracer
          .spanBuilder("sinks")
          .setParent(parent)
          .setStartTimestamp(handedOut == 0 ? now : handedOut, TimeUnit.NANOSECONDS)
          .startSpan()
          .end(now, TimeUnit.NANOSECONDS);
      span.setAttribute("forebay.records", (long) records);
      span.end(now, TimeUnit.NANOSECONDS);
    }
  }
}
