package io.forebay.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a session found, as a table and as JSON. */
final class Report {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Claim claim;
  private final Session session;
  private final Machine machine;

  Report(Claim claim, Session session, Machine machine) {
    this.claim = claim;
    this.session = session;
    this.machine = machine;
  }

  /** How this is measured again. */
  private String command() {
    return "tools/bench " + claim.id() + (session.brief() ? " --short" : "");
  }

  void print(PrintStream out) {
    out.printf("%n%s: %s (%s)%n", claim.id(), claim.title(), command());
    for (Contest contest : session.contests()) {
      List<String[]> rows = new ArrayList<>();
      rows.add(new String[] {contest.title(), "median", "min", "max", "unit"});
      for (Series series : contest.all()) {
        rows.add(row(series.name(), series));
      }
      table(out, rows);
    }
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"claim", "median", "min", "max", "unit", "bar", "met"});
    for (Verdict verdict : session.verdicts()) {
      Series measured = verdict.measured();
      String[] row = row(verdict.statement(), measured);
      String bar = (verdict.atLeast() ? "≥ " : "≤ ") + Series.digits(verdict.bar());
      rows.add(
          new String[] {row[0], row[1], row[2], row[3], row[4], bar, verdict.met() ? "yes" : "NO"});
    }
    if (rows.size() > 1) {
      table(out, rows);
    }
    session.notes().forEach(note -> out.println("  " + note));
    if (session.brief()) {
      out.println("  A short run shows that the measurement works; its figures mean nothing.");
    }
  }

  void write(Path file) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("claim", claim.id());
    json.put("title", claim.title());
    json.put("command", command());
    json.put("short", session.brief());
    json.put("machine", machine);
    json.put(
        "contests",
        session.contests().stream()
            .map(c -> Map.of("title", c.title(), "rows", c.all().stream().map(this::row).toList()))
            .toList());
    json.put("verdicts", session.verdicts().stream().map(this::row).toList());
    json.put("notes", session.notes());
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JSON.writeValueAsString(json) + "\n", StandardCharsets.UTF_8);
  }

  private Map<String, Object> row(Series series) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", series.name());
    row.put("unit", series.unit());
    row.put("median", series.median());
    row.put("min", series.min());
    row.put("max", series.max());
    row.put("values", series.values());
    return row;
  }

  private Map<String, Object> row(Verdict verdict) {
    Map<String, Object> row = row(verdict.measured());
    row.put("name", verdict.statement());
    row.put(verdict.atLeast() ? "atLeast" : "atMost", verdict.bar());
    row.put("met", verdict.met());
    return row;
  }

  private static String[] row(String name, Series series) {
    return new String[] {
      name,
      Series.digits(series.median()),
      Series.digits(series.min()),
      Series.digits(series.max()),
      series.unit()
    };
  }

  private static void table(PrintStream out, List<String[]> rows) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row[column].length());
      }
    }
    out.println();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int column = 0; column < columns; column++) {
        String pad = " ".repeat(widths[column] - row[column].length());
        line.append(column == 0 ? row[column] + pad : pad + row[column]).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
