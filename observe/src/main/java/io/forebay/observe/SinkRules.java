package io.forebay.observe;

import static io.forebay.observe.Thresholds.COMMITS_SHARE;
import static io.forebay.observe.Thresholds.HELD_UP_SHARE;
import static io.forebay.observe.Thresholds.SMALL_ROWS;

import io.forebay.observe.Diagnosis.Gain;
import io.forebay.observe.Diagnosis.Kind;
import java.util.Comparator;
import java.util.Optional;

/** What keeps a sink busy: {@code sink}, {@code commit}, {@code spool}. */
final class SinkRules {
  /** So much of the work of a sink is committing, and that is what is to be changed. */
  static final double COMMITTING_SHARE = 0.5;

  private SinkRules() {}

  /** A store that is away. */
  static Optional<Diagnosis> away(Span span) {
    return span.sinks().stream()
        .filter(sink -> !sink.sink().away().isEmpty() && sink.retries() > 0)
        .findFirst()
        .map(sink ->
            new Finding(Kind.SINK, sink.name(), span.held().share())
                .evidence("retries", (double) sink.retries())
                .says(
                    "The store of the sink '"
                        + sink.name()
                        + "' was away ("
                        + sink.sink().away()
                        + ", tried again "
                        + Format.count(sink.retries())
                        + " times): it limited the run; bring it back."));
  }

  static Diagnosis busy(Span span) {
    SinkSpan busiest =
        span.sinks().stream().max(Comparator.comparingDouble(SinkSpan::busy)).orElseThrow();
    double busy = span.outputs();
    String name = busiest.name();
    String end = Finding.busiestStage(span) + ".";
    boolean alone = busy - busiest.busy() < 0.05;
    if (busiest.committing() >= COMMITTING_SHARE) {
      return RoomRules.tinyCommits(span).orElseGet(() -> commits(span, busiest, busy));
    }
    if (busiest.times().backlogBytes() > 0) {
      return new Finding(Kind.SPOOL, name, busy)
          .evidence("busyShare", busiest.busy())
          .evidence("backlogBytes", (double) busiest.times().backlogBytes())
          .says(
              "The spool before the sink '"
                  + name
                  + "' held "
                  + Finding.mebibytes(busiest.times().backlogBytes())
                  + " and was waited for "
                  + Format.percent(busy)
                  + " of the time: it limited the run; its store takes less than comes: make that"
                  + " faster, a larger spool only puts it off"
                  + end);
    }
    return new Finding(Kind.SINK, name, busy)
        .evidence("busyShare", busiest.busy())
        .evidence("commitShareOfWork", busiest.committing())
        .advise("", Gain.NONE)
        .says(
            (alone
                    ? "The sink '" + name + "' was busy "
                    : "The outputs, above all '" + name + "', were busy ")
                + Format.percent(busy)
                + " of the time: "
                + (alone ? "it" : "they")
                + " limited the run"
                + end);
  }

  /**
   * What is waited for where a window is full, though it is no small one: the next commit, which
   * takes longer than anything that is done meanwhile.
   */
  static Optional<Diagnosis> waitedFor(Span span) {
    double busy = span.outputs();
    double meanwhile =
        span.stages().stream().mapToDouble(StageSpan::active).reduce(span.dispatcher(), Math::max);
    return span.busiestSink()
        .filter(sink -> span.end().settings().window() >= SMALL_ROWS)
        .filter(sink -> sink.committing() >= COMMITTING_SHARE)
        .filter(sink -> busy >= COMMITS_SHARE && busy >= meanwhile)
        .map(sink -> commits(span, sink, busy));
  }

  /** Commits come at once where the window is full, and otherwise ever more rarely. */
  private static Diagnosis commits(Span span, SinkSpan busiest, double busy) {
    boolean forced = span.held().credit() >= HELD_UP_SHARE;
    Finding finding =
        new Finding(Kind.COMMIT, busiest.name(), busy)
            .evidence("busyShare", busiest.busy())
            .evidence("commitShareOfWork", busiest.committing())
            .evidence("commitMsP99", busiest.sink().commitMsP99())
            .evidence("recordsPerCommit", busiest.recordsPerCommit());
    if (forced) {
      finding.advise(RoomRules.widerWindow(span), RoomRules.widerGain(span));
    }
    return finding.says(
        "The sink '"
            + busiest.name()
            + "' was busy "
            + Format.percent(busy)
            + " of the time, "
            + Format.percent(busiest.committing())
            + " of that with commits ("
            + Format.millis(busiest.sink().commitMsP99())
            + " ms each, at the 99th percentile): they limited the run; "
            + (forced ? "commit less often with a larger window, or " : "commit ")
            + "on a faster disk or store"
            + Finding.busiestStage(span)
            + ".");
  }
}
