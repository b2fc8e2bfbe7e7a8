package io.forebay.functions.sql;

import io.forebay.errors.ConfigurationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DuckDB says, in one sentence with a place. */
final class SqlMessage {
  /** {@code LINE 2: select …} and, below, spaces and a caret. */
  private static final Pattern PLACE =
      Pattern.compile("\\n*LINE (\\d+): ([^\\n]*)\\n( *)\\^[^\\n]*", Pattern.DOTALL);

  private static final Pattern KIND = Pattern.compile("^[A-Z][A-Za-z -]* Error: ");

  private SqlMessage() {}

  /** What DuckDB says, without its drawing. */
  static String oneLine(Exception e) {
    String message = PLACE.matcher(String.valueOf(e.getMessage())).replaceAll("");
    return KIND.matcher(message)
        .replaceFirst("")
        .strip()
        .replaceAll("\\s*\\n\\s*", " ")
        .replaceFirst("[.!:]+$", "");
  }

  /** The statement is not one that DuckDB can compute on these columns. */
  static ConfigurationException refused(String sql, Exception e) {
    return new ConfigurationException(
        "the parameter sql cannot be used%s: %s: change it"
            .formatted(place(sql, String.valueOf(e.getMessage())), oneLine(e)),
        e);
  }

  private static String place(String sql, String message) {
    Matcher found = PLACE.matcher(message);
    if (!found.find()) {
      return "";
    }
    int line = Integer.parseInt(found.group(1));
    String[] lines = sql.split("\\n", -1);
    String shown = found.group(2);
    int column = found.group(3).length() - ("LINE " + line + ": ").length();
    if (shown.startsWith("...") && line <= lines.length) {
      // DuckDB shows a part of a long line only.
      String part = shown.substring(3).replaceFirst("\\.\\.\\.$", "");
      column += lines[line - 1].indexOf(part) - 3;
    }
    return lines.length == 1
        ? " at character " + (column + 1)
        : " at line " + line + ", character " + (column + 1);
  }
}
