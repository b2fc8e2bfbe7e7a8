package io.forebay.observe;

import java.util.ArrayList;
import java.util.List;

/** Text in columns: the first column to the left, numbers to the right. */
public final class Table {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table without rows. */
  public Table(String... header) {
    this.header = List.of(header);
  }

  /** Adds a row of as many cells as there are columns. */
  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  /** What stands above the columns. */
  public List<String> header() {
    return header;
  }

  /** The rows. */
  public List<List<String>> rows() {
    return List.copyOf(rows);
  }

  /** The header and the rows, in columns of equal width. */
  public List<String> lines() {
    List<List<String>> all = new ArrayList<>(rows);
    all.addFirst(header);
    int[] widths = new int[header.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
