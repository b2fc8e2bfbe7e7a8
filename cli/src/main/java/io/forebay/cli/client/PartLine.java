package io.forebay.cli.client;

import static io.forebay.cli.client.StatusMap.map;
import static io.forebay.cli.client.StatusMap.number;
import static io.forebay.cli.client.StatusMap.text;

import io.forebay.observe.Format;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A source, stage or sink in one line.
 *
 * @param bad whether it is away
 * @param more what else there is to say
 */
record PartLine(
    String kind,
    String name,
    double rate,
    double busy,
    double blocked,
    String rows,
    String p99,
    boolean bad,
    String more) {
  private static final Set<String> AWAY = Set.of("disconnected", "connecting");

  /**
   * How wide the columns are.
   *
   * @param kind of the word for what it is
   * @param name of the name
   * @param rate of the records a second
   * @param past how many seconds of it
   * @param bar of busy, waiting and idle
   * @param rows of the rows a batch
   * @param p99 of the milliseconds
   */
  record Columns(int kind, int name, int rate, int past, int bar, int rows, int p99) {
    private static final Columns NARROW = new Columns(7, 12, 9, 8, 7, 6, 6);
    private static final Columns WIDE = new Columns(7, 20, 11, 16, 16, 8, 9);

    /** Everything is to fit, with some words behind it. */
    static Columns of(int width) {
      return width < 116 ? NARROW : WIDE;
    }

    String head() {
      return row("", "", "records/s", "", "busy█ wait▒", "", "rows", "p99 ms", "");
    }

    String row(
        String kindWord,
        String partName,
        String perSecond,
        String sparkline,
        String shares,
        String share,
        String rowsABatch,
        String millis,
        String more) {
      // The head of the bar may take the room of its number.
      int bars = bar + 6;
      return (padded(kindWord, kind)
              + " "
              + padded(partName, name)
              + " "
              + right(perSecond, rate)
              + " "
              + padded(sparkline, past)
              + " "
              + padded(share.isEmpty() ? shares : shares + " " + right(share, 5), bars)
              + " "
              + right(rowsABatch, rows)
              + " "
              + right(millis, p99)
              + (more.isEmpty() ? "" : " " + more))
          .stripTrailing();
    }

    private static String padded(String text, int width) {
      return cut(text, width) + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text, int width) {
      return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String cut(String text, int width) {
      return text.length() > width ? text.substring(0, width - 1) + "…" : text;
    }
  }

  double share() {
    return Math.max(busy, blocked);
  }

  String key() {
    return kind + " " + name;
  }

  String line(Columns columns, Collection<Double> past) {
    List<Double> last = new ArrayList<>(past);
    return columns.row(
        kind,
        name,
        perSecond(rate),
        Bars.sparkline(last.subList(Math.max(0, last.size() - columns.past()), last.size())),
        Bars.bar(busy, blocked, columns.bar()),
        Format.percent(share()),
        rows,
        p99,
        more);
  }

  static PartLine source(Map<?, ?> now, Map<?, ?> lately) {
    String state = text(now, "state");
    String detail = text(now, "detail");
    boolean ended = Boolean.TRUE.equals(now.get("finished"));
    boolean away = !ended && AWAY.contains(state);
    return new PartLine(
        "source",
        text(now, "name"),
        number(lately, "recordsPerSecond"),
        0,
        number(lately, "blockedShare"),
        "",
        "",
        away,
        ended ? "ended" : state + (away && !detail.isEmpty() ? ": " + detail : ""));
  }

  static PartLine stage(Map<?, ?> now, Map<?, ?> lately) {
    return new PartLine(
        "stage",
        text(now, "name"),
        number(lately, "recordsPerSecond"),
        number(lately, "busyShare"),
        number(lately, "backpressuredShare"),
        perSecond(number(lately, "rowsPerBatch")),
        Format.millis(number(map(now, "serviceMs"), "p99")),
        false,
        (counted(number(now, "restarts"), "restarted")
                + counted(number(now, "timeouts"), "timed out"))
            .strip());
  }

  static PartLine sink(Map<?, ?> now, Map<?, ?> lately) {
    String away = text(now, "away");
    return new PartLine(
        "sink",
        text(now, "name"),
        number(lately, "recordsPerSecond"),
        number(lately, "busyShare"),
        0,
        "",
        Format.millis(number(map(now, "commitMs"), "p99")),
        !away.isEmpty(),
        away.isEmpty() ? "" : "away: " + away);
  }

  /** So many sources of which there is no room for a line each. */
  static PartLine others(List<PartLine> sources) {
    return new PartLine(
        "source",
        "… " + sources.size() + " more",
        sources.stream().mapToDouble(PartLine::rate).sum(),
        0,
        sources.stream().mapToDouble(PartLine::blocked).average().orElse(0),
        "",
        "",
        false,
        "");
  }

  static String perSecond(double rate) {
    return rate > 0 && rate < 9.95
        ? String.format(Locale.ROOT, "%.1f", rate)
        : Format.count(Math.round(rate));
  }

  private static String counted(double number, String what) {
    return number == 0 ? "" : Format.count((long) number) + " " + what + " ";
  }
}
