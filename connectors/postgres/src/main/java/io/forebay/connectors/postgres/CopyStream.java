package io.forebay.connectors.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** A {@code COPY} of binary rows to the server. Used by one thread. */
final class CopyStream {
  private final CopyIn copy;

  private CopyStream(CopyIn copy) {
    this.copy = copy;
  }

  /**
   * Begins one.
   *
   * @param into the table and its columns, as SQL takes them
   */
  static CopyStream begin(Connection connection, String into) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + into + " FROM STDIN (FORMAT binary)");
    copy.writeToCopy(BinaryRows.HEADER, 0, BinaryRows.HEADER.length);
    return new CopyStream(copy);
  }

  void write(byte[] rows, int from, int length) throws SQLException {
    copy.writeToCopy(rows, from, length);
  }

  /** Returns when the server has taken the rows. */
  void end() throws SQLException {
    copy.writeToCopy(BinaryRows.TRAILER, 0, BinaryRows.TRAILER.length);
    copy.endCopy();
  }

  /** It has failed: nothing more of it is expected. */
  void abandon() {
    if (copy.isActive()) {
      try {
        copy.cancelCopy();
      } catch (SQLException e) {
        // The server has said why already.
      }
    }
  }
}
