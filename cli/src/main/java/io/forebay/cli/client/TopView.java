package io.forebay.cli.client;

import static io.forebay.cli.client.StatusMap.map;
import static io.forebay.cli.client.StatusMap.number;
import static io.forebay.cli.client.StatusMap.text;

import io.forebay.observe.Format;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The status of a pipeline as lines of text, one for each part, with how its rate went: what {@code
 * forebay top} shows of a dashboard, and {@code forebay run} of its own run. Fed with one status
 * after another; used by one thread.
 */
public final class TopView {
  /** So many seconds are remembered. */
  private static final int HISTORY = 16;

  private static final int LEAST_WIDTH = 20;

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

  private final Map<String, Deque<Double>> rates = new HashMap<>();
  private Order order = Order.FLOW;

  /** Of the status that was taken last: drawn again, it is not new. */
  private double elapsed = -1;

  /** The next order. */
  public void turn() {
    order = order.next();
  }

  /** What the keys do. */
  public String keys(boolean paused) {
    return "s: sort (now " + order.words + ")  p: " + (paused ? "go on" : "pause") + "  q: quit";
  }

  /** Takes a status and shows it in lines of at most so many characters. */
  public List<String> lines(Map<?, ?> status, int width) {
    return lines(status, width, Integer.MAX_VALUE);
  }

  /**
   * Takes a status and shows it.
   *
   * @param width the most characters of a line
   * @param height the most lines; of many sources some share one then
   */
  public List<String> lines(Map<?, ?> status, int width, int height) {
    int wide = Math.max(LEAST_WIDTH, width);
    Map<?, ?> recent = map(status, "recent");
    List<PartLine> parts = parts(status, recent);
    if (number(status, "elapsedSeconds") != elapsed) {
      elapsed = number(status, "elapsedSeconds");
      parts.forEach(this::remember);
    }
    PartLine.Columns columns = PartLine.Columns.of(wide);
    List<String> head = head(status, recent, wide, columns);
    List<String> verdict = verdict(status, recent, wide);
    int room = Math.max(1, height - head.size() - verdict.size() - 1);
    List<String> lines = new ArrayList<>(head);
    lines.add(columns.head());
    for (PartLine part : chosen(parts, room)) {
      lines.add(part.line(columns, rates.getOrDefault(part.key(), new ArrayDeque<>())));
    }
    lines.addAll(verdict);
    return lines.stream()
        .limit(height)
        .map(line -> line.length() > wide ? line.substring(0, wide - 1) + "…" : line)
        .toList();
  }

  private static List<PartLine> parts(Map<?, ?> status, Map<?, ?> recent) {
    List<PartLine> parts = new ArrayList<>();
    StatusMap.each(
        status, recent, "sources", (now, lately) -> parts.add(PartLine.source(now, lately)));
    StatusMap.each(
        status, recent, "stages", (now, lately) -> parts.add(PartLine.stage(now, lately)));
    StatusMap.each(status, recent, "sinks", (now, lately) -> parts.add(PartLine.sink(now, lately)));
    return parts;
  }

  private void remember(PartLine part) {
    Deque<Double> past = rates.computeIfAbsent(part.key(), key -> new ArrayDeque<>());
    past.addLast(part.rate());
    if (past.size() > HISTORY) {
      past.removeFirst();
    }
  }

  // ------------------------------------------------------------------ which parts

  /** In their order, as many as there is room for. */
  private List<PartLine> chosen(List<PartLine> parts, int room) {
    List<PartLine> sorted = parts.stream().sorted(comparator()).toList();
    if (sorted.size() <= room || order != Order.FLOW) {
      return sorted.subList(0, Math.min(room, sorted.size()));
    }
    List<PartLine> sources = sorted.stream().filter(part -> part.kind().equals("source")).toList();
    int kept = Math.max(0, room - 1 - (sorted.size() - sources.size()));
    // Who is away, and who brings most.
    Set<PartLine> named =
        sources.stream()
            .sorted(
                Comparator.comparing(PartLine::bad).thenComparingDouble(PartLine::rate).reversed())
            .limit(kept)
            .collect(Collectors.toCollection(HashSet::new));
    List<PartLine> chosen = new ArrayList<>(sources.stream().filter(named::contains).toList());
    chosen.add(PartLine.others(sources.stream().filter(each -> !named.contains(each)).toList()));
    chosen.addAll(sorted.subList(sources.size(), sorted.size()));
    return chosen.subList(0, Math.min(room, chosen.size()));
  }

  private Comparator<PartLine> comparator() {
    return switch (order) {
      case FLOW -> (_, _) -> 0;
      case RATE -> Comparator.comparingDouble(PartLine::rate).reversed();
      case BUSY -> Comparator.comparingDouble(PartLine::share).reversed();
    };
  }

  // ------------------------------------------------------------------ around them

  private static List<String> head(
      Map<?, ?> status, Map<?, ?> recent, int width, PartLine.Columns columns) {
    Map<?, ?> forebay = map(status, "forebay");
    double slots = number(forebay, "slots");
    double used = slots - number(forebay, "slotsFree");
    List<String> lines = new ArrayList<>();
    String title =
        "%s  %s %.1f s  read %s/s  done %s/s  forebay %s %.0f/%.0f"
            .formatted(
                text(status, "name"),
                text(status, "outcome"),
                number(status, "elapsedSeconds"),
                PartLine.perSecond(number(recent, "readPerSecond")),
                PartLine.perSecond(number(recent, "donePerSecond")),
                Bars.bar(slots == 0 ? 0 : used / slots, 0, columns.bar()),
                used,
                slots);
    lines.addAll(wrapped(title, width));
    lines.addAll(wrapped(records(map(status, "records")), width));
    return lines;
  }

  private static List<String> verdict(Map<?, ?> status, Map<?, ?> recent, int width) {
    Map<?, ?> diagnosis = map(recent, "diagnosis");
    boolean lately = text(status, "outcome").equals("running") && !diagnosis.isEmpty();
    return wrapped(lately ? text(diagnosis, "sentence") : text(status, "verdict"), width);
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
}
