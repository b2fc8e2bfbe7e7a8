package io.forebay.cli;

import io.forebay.observe.Format;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A running pipeline in lines of text: pure functions of a snapshot and the one before, from which
 * the rates and shares of the time between them come.
 */
final class ProgressLines {
  private static final int BAR = 20;

  private ProgressLines() {}

  /** A line for each source, the forebay, each stage and each sink. */
  static List<String> block(PipelineSnapshot now, @Nullable PipelineSnapshot before) {
    List<String> lines = new ArrayList<>();
    lines.add(head(now));
    for (int i = 0; i < now.sources().size(); i++) {
      SourceSnapshot source = now.sources().get(i);
      SourceSnapshot old = before == null ? null : before.sources().get(i);
      lines.add(
          row(
                  "source",
                  source.name(),
                  source.records(),
                  old == null ? 0 : old.records(),
                  now,
                  before)
              + "  waited "
              + share(source.blockedShare(), old == null ? 0 : old.blockedShare(), now, before)
              + (source.finished() ? "  ended" : state(source)));
    }
    lines.add(forebay(now));
    for (int i = 0; i < now.stages().size(); i++) {
      StageSnapshot stage = now.stages().get(i);
      StageSnapshot old = before == null ? null : before.stages().get(i);
      lines.add(
          row(
                  "stage",
                  stage.name(),
                  stage.recordsIn(),
                  old == null ? 0 : old.recordsIn(),
                  now,
                  before)
              + "  busy   "
              + share(stage.busyShare(), old == null ? 0 : old.busyShare(), now, before)
              + "  "
              + Format.count(stage.batchRowsP50())
              + " rows a batch, "
              + stage
                  .on()
                  .map(on -> on.name().toLowerCase(Locale.ROOT))
                  .orElse(stage.kind().name().toLowerCase(Locale.ROOT))
              + " × "
              + stage.workers()
              + (stage.restarts() == 0 ? "" : ", " + stage.restarts() + " restarted"));
    }
    for (int i = 0; i < now.sinks().size(); i++) {
      SinkSnapshot sink = now.sinks().get(i);
      SinkSnapshot old = before == null ? null : before.sinks().get(i);
      lines.add(
          row("sink", sink.name(), sink.records(), old == null ? 0 : old.records(), now, before)
              + "  busy   "
              + share(sink.busyShare(), old == null ? 0 : old.busyShare(), now, before)
              + (sink.away().isEmpty() ? "" : "  away: " + sink.away()));
    }
    return lines;
  }

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

  private static String forebay(PipelineSnapshot now) {
    int used = now.slots() - now.slotsFree();
    int filled = now.slots() == 0 ? 0 : (int) Math.ceil((double) used * BAR / now.slots());
    return "  forebay  "
        + "█".repeat(filled)
        + "░".repeat(BAR - filled)
        + "  "
        + used
        + " of "
        + now.slots()
        + " slots filled";
  }

  private static String row(
      String kind,
      String name,
      long records,
      long recordsBefore,
      PipelineSnapshot now,
      @Nullable PipelineSnapshot before) {
    String shortened = name.length() > 20 ? name.substring(0, 19) + "…" : name;
    return String.format(
        Locale.ROOT,
        "  %-7s  %-20s %15s %13s",
        kind,
        shortened,
        Format.count(records),
        rate(records, recordsBefore, now, before));
  }

  private static String rate(
      long records, long recordsBefore, PipelineSnapshot now, @Nullable PipelineSnapshot before) {
    double seconds = seconds(now) - (before == null ? 0 : seconds(before));
    return Format.count(seconds <= 0 ? 0 : Math.round((records - recordsBefore) / seconds)) + "/s";
  }

  /** A share of the time since the snapshot before, from shares of the time since the start. */
  private static String share(
      double share, double shareBefore, PipelineSnapshot now, @Nullable PipelineSnapshot before) {
    double end = seconds(now);
    double start = before == null ? 0 : seconds(Objects.requireNonNull(before));
    double since = end <= start ? share : (share * end - shareBefore * start) / (end - start);
    return String.format(Locale.ROOT, "%5s", Format.percent(Math.clamp(since, 0, 1)));
  }

  private static double seconds(PipelineSnapshot snapshot) {
    return snapshot.elapsed().toNanos() / 1e9;
  }
}
