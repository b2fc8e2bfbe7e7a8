package io.forebay.cli;

import io.forebay.observe.Format;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A running pipeline in a line of text: a pure function of a snapshot and the one before, between
 * which the rate is.
 */
final class ProgressLines {
  private ProgressLines() {}

  private static String state(SourceSnapshot source) {
    return source
        .state()
        .map(state ->
            "  "
                + state.name().toLowerCase(Locale.ROOT)
                + (source.detail().isEmpty() ? "" : ": " + source.detail()))
        .orElse("");
  }

  /** Who is away, for the one line. */
  private static String away(PipelineSnapshot now) {
    StringBuilder away = new StringBuilder();
    for (SourceSnapshot source : now.sources()) {
      if (source.isAway()) {
        away.append(", source ").append(source.name()).append(state(source).substring(1));
      }
    }
    for (SinkSnapshot sink : now.sinks()) {
      if (!sink.away().isEmpty()) {
        away.append(", sink ").append(sink.name()).append(" away: ").append(sink.away());
      }
    }
    return away.toString();
  }

  /** Everything in one line. */
  static String line(PipelineSnapshot now, @Nullable PipelineSnapshot before) {
    long delivered = now.records().delivered();
    return head(now)
        + ": "
        + Format.count(now.records().read())
        + " read, "
        + Format.count(delivered)
        + " delivered ("
        + rate(delivered, before == null ? 0 : before.records().delivered(), now, before)
        + "), "
        + Format.count(now.records().deadLettered())
        + " dead-lettered, forebay "
        + (now.slots() - now.slotsFree())
        + "/"
        + now.slots()
        + away(now);
  }

  private static String head(PipelineSnapshot now) {
    return String.format(Locale.ROOT, "%s %.1f s", now.name(), now.elapsed().toMillis() / 1e3);
  }

  private static String rate(
      long records, long recordsBefore, PipelineSnapshot now, @Nullable PipelineSnapshot before) {
    double seconds = seconds(now) - (before == null ? 0 : seconds(before));
    return Format.count(seconds <= 0 ? 0 : Math.round((records - recordsBefore) / seconds)) + "/s";
  }

  private static double seconds(PipelineSnapshot snapshot) {
    return snapshot.elapsed().toNanos() / 1e9;
  }
}
