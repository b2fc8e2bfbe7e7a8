package io.forebay.connectors.postgres;

import io.forebay.RetryableException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

/** Tells a server that is away from one that says no. */
final class Failures {
  /**
   * Server shut down, crashed or starting; too many connections; out of disk or memory for now is
   * not among them, because waiting does not mend it.
   *
   * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error codes</a>
   */
  private static final Set<String> AWAY =
      Set.of(
          "57P01", "57P02", "57P03", "57P05", "25P03", "53300", "40001", "40P01", "25006", "55P03");

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
}
