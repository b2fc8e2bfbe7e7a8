package io.forebay.dashboard;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus's text format 0.0.4, and OpenMetrics as far as it is alike, and refuses what the
 * specification does not allow: samples without a type, a type or a series twice, counters whose
 * names do not end in {@code _total}, a metric in two places, a last line that is not whole.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
record Scrape(Map<String, Double> samples, Map<String, String> helps) {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(?:\\{([^\\n]*)})? ([^ ]+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

  static Scrape of(String text) {
    boolean open = text.endsWith("# EOF\n");
    require(text.endsWith("\n"), "the last line is not whole");
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> helps = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    Set<String> over = new LinkedHashSet<>();
    String family = "";
    for (String line : text.lines().toList()) {
      if (line.equals("# EOF")) {
        continue;
      }
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        if (!words[2].equals(family)) {
          require(over.add(words[2]), "a metric in two places: " + line);
          family = words[2];
        }
        Map<String, String> seen = line.startsWith("# HELP ") ? helps : types;
        require(seen.put(words[2], words[3]) == null, "twice: " + line);
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      require(sample.matches(), "no sample: " + line);
      String name = sample.group(1);
      String of = open && name.endsWith("_total") ? name.substring(0, name.length() - 6) : name;
      String base = name.replaceFirst("_(bucket|count|sum)$", "");
      if ("histogram".equals(types.get(base))) {
        of = base;
      }
      require(of.equals(family), "not beneath its type: " + line);
      require(
          "gauge".equals(types.get(of))
              || ("counter".equals(types.get(of)) && name.endsWith("_total"))
              || ("histogram".equals(types.get(of)) && !name.equals(of)),
          "no such sample of a " + types.get(of) + ": " + line);
      String series = name + labels(sample.group(2) == null ? "" : sample.group(2));
      double value = Double.parseDouble(sample.group(3));
      require(Double.isFinite(value) && value >= 0, "no measure: " + line);
      require(samples.put(series, value) == null, "a series twice: " + line);
    }
    types.forEach(
        (name, type) -> require(!type.equals("histogram") || isHistogram(name, samples), name));
    return new Scrape(samples, helps);
  }

  /** Its buckets only grow, and the last holds all. */
  private static boolean isHistogram(String name, Map<String, Double> samples) {
    Map<String, Double> all = new LinkedHashMap<>();
    samples.forEach((series, value) -> {
      if (series.startsWith(name + "_bucket{")) {
        String of = series.replaceFirst("_bucket", "_count").replaceFirst("(, )?le=[^,}]*", "");
        Double before = all.put(of, value);
        require(before == null || value >= before, "a bucket that falls: " + series);
      }
    });
    return !all.isEmpty()
        && all.entrySet().stream()
            .allMatch(each -> each.getValue().equals(samples.get(each.getKey())));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher label = LABEL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      require(label.find(at) && label.start() == at, "no label: " + text);
      require(labels.put(label.group(1), label.group(2)) == null, "a label twice: " + text);
      at = label.end();
    }
    return labels;
  }

  /** The names of all samples. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    samples.keySet().forEach(series -> names.add(series.substring(0, series.indexOf('{'))));
    return names;
  }

  /** The value of the only series with this name, or of that whose labels hold a text. */
  double value(String name, String within) {
    return samples.entrySet().stream()
        .filter(each -> each.getKey().startsWith(name + "{") && each.getKey().contains(within))
        .mapToDouble(Map.Entry::getValue)
        .reduce((one, other) -> {
          throw new AssertionError("several series of " + name);
        })
        .orElseThrow(() -> new AssertionError("no series of " + name + " in " + samples));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
