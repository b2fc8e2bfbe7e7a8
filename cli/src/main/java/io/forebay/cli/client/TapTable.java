package io.forebay.cli.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Records in columns, their values as they stand in the JSON. A column grows with its values, and
 * the head is shown again then. For one thread.
 */
public final class TapTable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_WIDTH = 40;
  private static final int ROWS_A_HEAD = 40;

  private final List<String> names = new ArrayList<>();
  private final List<Boolean> numbers = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>();
  private int rowsLeft;

  /**
   * @param columns each with its {@code name} and {@code type}
   */
  public TapTable(List<?> columns) {
    for (Object each : columns) {
      if (each instanceof Map<?, ?> column
          && column.get("name") instanceof String name
          && column.get("type") instanceof String type) {
        names.add(name);
        numbers.add(type.matches("int.*|float.*|timestamp.*"));
        widths.add(Math.min(MOST_WIDTH, plain(name).length()));
      }
    }
  }

  /** A record as lines: itself, and the head before it where it is time for one. */
  public List<String> lines(String json) {
    Map<String, String> values = values(json);
    List<String> cells = new ArrayList<>();
    boolean grown = false;
    for (int i = 0; i < names.size(); i++) {
      String value = values.remove(names.get(i));
      String cell = cut(plain(value == null ? "" : value));
      cells.add(cell);
      if (cell.length() > widths.get(i)) {
        widths.set(i, cell.length());
        grown = true;
      }
    }
    List<String> lines = new ArrayList<>();
    if (grown || rowsLeft == 0) {
      lines.add(line(names.stream().map(name -> cut(plain(name))).toList(), ""));
      rowsLeft = ROWS_A_HEAD;
    }
    rowsLeft--;
    StringBuilder more = new StringBuilder();
    values.forEach((name, value) ->
        more.append(more.isEmpty() ? "… " : " ")
            .append(plain(name))
            .append('=')
            .append(plain(value)));
    lines.add(line(cells, more.toString()));
    return lines;
  }

  private String line(List<String> cells, String more) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String gap = " ".repeat(Math.max(0, widths.get(i) - cell.length()));
      line.append(numbers.get(i) ? gap + cell : cell + gap).append("  ");
    }
    return line.append(more).toString().stripTrailing();
  }

  private static String cut(String cell) {
    return cell.length() > MOST_WIDTH ? cell.substring(0, MOST_WIDTH - 1) + "…" : cell;
  }

  /** Without what would control the terminal. */
  public static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  /** The members of an object: texts without quotes, everything else as it is written. */
  public static Map<String, String> values(String json) {
    Map<String, String> values = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY || token == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getCharOffset();
          parser.skipChildren();
          values.put(name, json.substring(from, (int) parser.currentLocation().getCharOffset()));
        } else {
          values.put(name, parser.getString());
        }
      }
    }
    return values;
  }
}
