package io.forebay.cli.letters;

import io.forebay.observe.Format;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Dead letters counted by where they come from and why. Reasons that differ in numbers and in what
 * was found only are one: the first of them is shown. Belongs to one thread; grows with the number
 * of reasons, up to {@value #MOST_REASONS}.
 */
final class LetterCounts {
  /** What a reason says of one record alone. */
  private static final Pattern OF_ONE_RECORD = Pattern.compile("\"[^\"]*\"|'[^']*'|\\d+");

  private static final int MOST_REASONS = 10_000;
  private static final int MOST_CHARACTERS = 160;

  private record Key(String from, String shape) {}

  private static final class Count {
    private final Letter first;
    private long letters;

    Count(Letter first) {
      this.first = first;
    }
  }

  private final Map<Key, Count> counts = new LinkedHashMap<>();
  private long letters;
  private long uncounted;

  void add(Letter letter) {
    letters++;
    Key key = new Key(letter.from(), OF_ONE_RECORD.matcher(letter.reason()).replaceAll("?"));
    Count count = counts.get(key);
    if (count == null && counts.size() >= MOST_REASONS) {
      uncounted++;
      return;
    }
    if (count == null) {
      count = new Count(letter);
      counts.put(key, count);
    }
    count.letters++;
  }

  long letters() {
    return letters;
  }

  /** A line for each reason, the most frequent first. */
  List<String> lines(int most) {
    List<Count> ordered = new ArrayList<>(counts.values());
    ordered.sort(Comparator.comparingLong((Count count) -> count.letters).reversed());
    List<String> lines = new ArrayList<>();
    for (Count count : ordered.stream().limit(most).toList()) {
      Letter first = count.first;
      lines.add(
          "  "
              + Format.count(count.letters)
              + " × "
              + first.from()
              + ": "
              + cut(first.reason())
              + " ("
              + (count.letters == 1 ? "" : "first: ")
              + (first.at().isEmpty() ? "letter " + first.line() : first.at())
              + ")");
    }
    int more = Math.max(0, ordered.size() - most) + (uncounted > 0 ? 1 : 0);
    if (more > 0) {
      lines.add("  … and for " + more + " reasons more: --reasons " + Math.max(most, 1) * 10);
    }
    return lines;
  }

  private static String cut(String reason) {
    String line = reason.lines().findFirst().orElse("");
    return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
  }
}
