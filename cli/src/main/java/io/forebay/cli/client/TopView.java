package io.forebay.cli.client;

import io.forebay.observe.Format;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A dashboard's status as lines of text, one for each part, with how its rate went. Fed with one
 * status after another; used by one thread.
 */
public final class TopView {
  private static final int HISTORY = 16;
  private static final int BAR = 16;
  private static final String LEVELS = "▁▂▃▄▅▆▇█";

  /** In which order the parts stand. */
  enum Order {
    FLOW("as it flows"),
    RATE("by rate"),
    BUSY("by share");

    final String words;

    Order(String words) {
      this.words = words;
    }

    Order next() {
      return switch (this) {
        case FLOW -> RATE;
        case RATE -> BUSY;
        case BUSY -> FLOW;
      };
    }
  }

  /** One line. */
  private record Part(
      String kind,
      String name,
      double rate,
      double busy,
      double blocked,
      String rows,
      String p99,
      String more) {
    double share() {
      return Math.max(busy, blocked);
    }
  }

  private final Map<String, Deque<Double>> rates = new HashMap<>();
  private Order order = Order.FLOW;

  /** Of the status that was taken last: drawn again, it is not new. */
  private double elapsed = -1;

  /** The next order. */
  public void turn() {
    order = order.next();
  }

  /** Takes a status and shows it in lines of at most so many characters. */
  public List<String> lines(Map<?, ?> status, int width) {
    Map<?, ?> recent = map(status, "recent");
    List<Part> parts = parts(status, recent);
    if (number(status, "elapsedSeconds") != elapsed) {
      elapsed = number(status, "elapsedSeconds");
      parts.forEach(this::remember);
    }
    List<String> lines = new ArrayList<>();
    Map<?, ?> forebay = map(status, "forebay");
    double slots = number(forebay, "slots");
    double used = slots - number(forebay, "slotsFree");
    lines.add(
        "%s  %s %.1f s  read %s/s  done %s/s  forebay %s %.0f/%.0f"
            .formatted(
                text(status, "name"),
                text(status, "outcome"),
                number(status, "elapsedSeconds"),
                rate(number(recent, "readPerSecond")),
                rate(number(recent, "donePerSecond")),
                bar(slots == 0 ? 0 : used / slots, 0),
                used,
                slots));
    lines.add(records(map(status, "records")));
    lines.add("");
    lines.add(
        "%-7s %-20s %11s %-16s %-16s %6s %8s %9s"
            .formatted("", "", "records/s", "", "busy █ blocked ▒", "", "rows", "p99 ms"));
    parts.stream().sorted(comparator()).map(this::line).forEach(lines::add);
    lines.add("");
    Map<?, ?> diagnosis = map(recent, "diagnosis");
    boolean lately = text(status, "outcome").equals("running") && !diagnosis.isEmpty();
    lines.addAll(wrapped(lately ? text(diagnosis, "sentence") : text(status, "verdict"), width));
    return lines.stream()
        .map(line -> line.length() > width ? line.substring(0, width) : line)
        .toList();
  }

  private void remember(Part part) {
    Deque<Double> past = rates.computeIfAbsent(key(part), key -> new ArrayDeque<>());
    past.addLast(part.rate());
    if (past.size() > HISTORY) {
      past.removeFirst();
    }
  }

  /** What the keys do. */
  public String keys(boolean paused) {
    return "s: sort (now " + order.words + ")  p: " + (paused ? "go on" : "pause") + "  q: quit";
  }

  private Comparator<Part> comparator() {
    return switch (order) {
      case FLOW -> (_, _) -> 0;
      case RATE -> Comparator.comparingDouble(Part::rate).reversed();
      case BUSY -> Comparator.comparingDouble(Part::share).reversed();
    };
  }

  private static List<Part> parts(Map<?, ?> status, Map<?, ?> recent) {
    List<Part> parts = new ArrayList<>();
    each(
        status,
        recent,
        "sources",
        (now, of) ->
            parts.add(
                new Part(
                    "source",
                    text(now, "name"),
                    number(of, "recordsPerSecond"),
                    0,
                    number(of, "blockedShare"),
                    "",
                    "",
                    Boolean.TRUE.equals(now.get("finished")) ? "ended" : text(now, "state"))));
    each(
        status,
        recent,
        "stages",
        (now, of) ->
            parts.add(
                new Part(
                    "stage",
                    text(now, "name"),
                    number(of, "recordsPerSecond"),
                    number(of, "busyShare"),
                    number(of, "backpressuredShare"),
                    rate(number(of, "rowsPerBatch")),
                    Format.millis(number(map(now, "serviceMs"), "p99")),
                    counted(number(now, "restarts"), "restarted")
                        + counted(number(now, "timeouts"), "timed out"))));
    each(
        status,
        recent,
        "sinks",
        (now, of) ->
            parts.add(
                new Part(
                    "sink",
                    text(now, "name"),
                    number(of, "recordsPerSecond"),
                    number(of, "busyShare"),
                    0,
                    "",
                    Format.millis(number(map(now, "commitMs"), "p99")),
                    text(now, "away").isEmpty() ? "" : "away: " + text(now, "away"))));
    return parts;
  }

  private interface Both {
    void accept(Map<?, ?> sinceStart, Map<?, ?> recent);
  }

  private static void each(Map<?, ?> status, Map<?, ?> recent, String key, Both parts) {
    if (status.get(key) instanceof List<?> all && recent.get(key) instanceof List<?> now) {
      for (int i = 0; i < Math.min(all.size(), now.size()); i++) {
        if (all.get(i) instanceof Map<?, ?> one && now.get(i) instanceof Map<?, ?> other) {
          parts.accept(one, other);
        }
      }
    }
  }

  private String line(Part part) {
    String name = part.name().length() > 20 ? part.name().substring(0, 19) + "…" : part.name();
    return "%-7s %-20s %11s %-16s %s %6s %8s %9s  %s"
        .formatted(
            part.kind(),
            name,
            rate(part.rate()),
            sparkline(rates.getOrDefault(key(part), new ArrayDeque<>())),
            bar(part.busy(), part.blocked()),
            Format.percent(part.share()),
            part.rows(),
            part.p99(),
            part.more())
        .stripTrailing();
  }

  private static String key(Part part) {
    return part.kind() + " " + part.name();
  }

  /** From nothing to the highest of what is shown. */
  public static String sparkline(Iterable<Double> values) {
    double most = 0;
    for (double value : values) {
      most = Math.max(most, value);
    }
    StringBuilder line = new StringBuilder();
    for (double value : values) {
      int level = most == 0 ? 0 : (int) Math.round(value / most * (LEVELS.length() - 1));
      line.append(LEVELS.charAt(Math.clamp(level, 0, LEVELS.length() - 1)));
    }
    return line.toString();
  }

  /** Busy, then waiting for room, then idle. */
  public static String bar(double busy, double blocked) {
    int full = (int) Math.round(Math.clamp(busy, 0, 1) * BAR);
    int waiting = Math.min(BAR - full, (int) Math.round(Math.clamp(blocked, 0, 1) * BAR));
    return "█".repeat(full) + "▒".repeat(waiting) + "░".repeat(BAR - full - waiting);
  }

  private static String records(Map<?, ?> records) {
    return List.of("read", "delivered", "deadLettered", "filtered", "dropped", "inFlight").stream()
        .map(key ->
            Format.count((long) number(records, key))
                + " "
                + switch (key) {
                  case "deadLettered" -> "dead-lettered";
                  case "inFlight" -> "in flight";
                  default -> key;
                })
        .collect(Collectors.joining(", "));
  }

  private static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String rate(double perSecond) {
    return perSecond > 0 && perSecond < 9.95
        ? String.format(Locale.ROOT, "%.1f", perSecond)
        : Format.count(Math.round(perSecond));
  }

  private static String counted(double number, String what) {
    return number == 0 ? "" : Format.count((long) number) + " " + what + " ";
  }

  private static Map<?, ?> map(Map<?, ?> from, String key) {
    return from.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static double number(Map<?, ?> from, String key) {
    return from.get(key) instanceof Number number ? number.doubleValue() : 0;
  }

  /** A text without what would control the terminal. */
  private static String text(Map<?, ?> from, String key) {
    return from.get(key) instanceof String text ? text.replaceAll("\\p{Cntrl}", " ") : "";
  }
}
