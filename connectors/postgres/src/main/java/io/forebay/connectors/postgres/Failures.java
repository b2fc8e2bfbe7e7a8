package io.forebay.connectors.postgres;

import io.forebay.errors.RetryableException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells a server that is away from one that says no, and one that says no to a row from one that
 * takes nothing.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error codes</a>
 */
final class Failures {
  /**
   * Server shut down, crashed or starting; too many connections; out of disk or memory, until
   * somebody makes room; a transaction that another one stood against.
   */
  private static final Set<String> AWAY =
      Set.of(
          "57P01", "57P02", "57P03", "57P05", "25P03", "53000", "53100", "53200", "53300", "40001",
          "40P01", "25006", "55P03");

  /**
   * Classes of codes that are about values: data exceptions, constraints, check options, and what
   * triggers and functions raise.
   */
  private static final Set<String> OF_ROWS =
      Set.of("09", "21", "22", "23", "27", "2F", "38", "39", "44", "P0");

  /** The form of what was sent, not a value in it. */
  private static final Set<String> OF_FORM = Set.of("22P03", "22P04");

  /** An index entry or a row that is larger than a page; a constraint at the end. */
  private static final Set<String> ALSO_OF_ROWS = Set.of("54000", "40002");

  /** A policy for rows; or a right that is missing for the whole table. */
  private static final String PRIVILEGE = "42501";

  /** All classes that PostgreSQL has; others are made up by who wrote a trigger. */
  private static final Set<String> CLASSES =
      Set.of(
          "00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21",
          "22", "23", "24", "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D",
          "3F", "40", "42", "44", "53", "54", "55", "57", "58", "72", "F0", "HV", "P0", "XX");

  /** Where a {@code COPY} was: {@code COPY readings, line 12, column v}, in any language. */
  private static final Pattern PLACE =
      Pattern.compile("^COPY .+?, \\p{L}+ (\\d+)(?:, \\p{L}+ (.+?))?(?::.*)?$", Pattern.MULTILINE);

  private Failures() {}

  /** The exception to throw; {@code what} says what was tried: {@code written}. */
  static IOException of(PostgresSettings settings, String what, SQLException e) {
    String message =
        settings.where()
            + " could not be "
            + what
            + ": "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return isAway(e)
        ? new RetryableException(message, e)
        : new IOException(
            message + "; what was committed before stays, and the same command goes on from there",
            e);
  }

  private static boolean isAway(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || AWAY.contains(state));
  }

  /** Whether the server says no to a row, and may take others. */
  static boolean isOfRow(SQLException e) {
    String state = e.getSQLState();
    if (server(e) == null || state == null || state.length() != 5 || AWAY.contains(state)) {
      return false;
    }
    String type = state.substring(0, 2);
    return (OF_ROWS.contains(type) && !OF_FORM.contains(state))
        || ALSO_OF_ROWS.contains(state)
        || !CLASSES.contains(type);
  }

  /** Whether it may say so; without rows it says it too if it is about the whole table. */
  static boolean mayBeOfRow(SQLException e) {
    return isOfRow(e) || (server(e) != null && PRIVILEGE.equals(e.getSQLState()));
  }

  private static @Nullable ServerErrorMessage server(SQLException e) {
    return e instanceof PSQLException told ? told.getServerErrorMessage() : null;
  }

  /** What the server says. */
  static String words(SQLException e) {
    ServerErrorMessage told = server(e);
    String message = told == null ? e.getMessage() : told.getMessage();
    return message == null ? "for no reason given" : message;
  }

  /** What else it says, in lines. */
  static String detail(SQLException e) {
    StringJoiner lines = new StringJoiner("\n");
    lines.add("SQLSTATE " + e.getSQLState());
    ServerErrorMessage told = server(e);
    if (told != null) {
      add(lines, "", told.getDetail());
      add(lines, "hint: ", told.getHint());
      add(lines, "constraint: ", told.getConstraint());
      add(lines, "column: ", told.getColumn() == null ? place(told, 2) : told.getColumn());
    }
    return lines.toString();
  }

  private static void add(StringJoiner lines, String name, @Nullable String text) {
    if (text != null) {
      lines.add(name + text);
    }
  }

  /** Which row of the {@code COPY} it was, from 1 on, if the server says that; otherwise 0. */
  static int line(SQLException e) {
    ServerErrorMessage told = server(e);
    String line = told == null ? null : place(told, 1);
    return line == null || line.length() > 9 ? 0 : Integer.parseInt(line);
  }

  private static @Nullable String place(ServerErrorMessage told, int group) {
    String where = told.getWhere();
    Matcher place = PLACE.matcher(where == null ? "" : where);
    return place.find() ? place.group(group) : null;
  }
}
