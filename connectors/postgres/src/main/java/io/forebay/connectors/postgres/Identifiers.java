package io.forebay.connectors.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.util.HashMap;
import java.util.Map;

/**
 * Names as PostgreSQL keeps them: it cuts off what is longer than {@value #MOST_BYTES} bytes, and
 * never finds a column under its whole name again.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS">
 *     Identifiers</a>
 */
final class Identifiers {
  /** {@code NAMEDATALEN - 1}, of every server that is not compiled anew for it. */
  static final int MOST_BYTES = 63;

  private Identifiers() {}

  /** The name without what the server cuts off: whole characters, as it does. */
  static String kept(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    if (bytes.length <= MOST_BYTES) {
      return name;
    }
    int end = MOST_BYTES;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, UTF_8);
  }

  /** A name as SQL takes it. */
  static String quoted(String name) {
    return '"' + kept(name).replace("\"", "\"\"") + '"';
  }

  /**
   * @throws ConfigurationException if two fields would be one column
   */
  static void check(Schema schema, String where) {
    Map<String, String> fields = new HashMap<>();
    for (Field field : schema.fields()) {
      String other = fields.put(kept(field.name()), field.name());
      if (other != null) {
        throw new ConfigurationException(
            where
                + " cannot have a column '"
                + other
                + "' and a column '"
                + field.name()
                + "', because PostgreSQL keeps the first "
                + MOST_BYTES
                + " bytes of a name: rename one of the fields");
      }
    }
  }

  /**
   * @throws ConfigurationException if the table, or its schema, would be another one
   */
  static void check(String table) {
    for (String part : table.split("\\.", 2)) {
      if (!kept(part).equals(part)) {
        throw new ConfigurationException(
            "the name '"
                + part
                + "' is too long for PostgreSQL, which keeps "
                + MOST_BYTES
                + " bytes of it ('"
                + kept(part)
                + "'): give the table a shorter one");
      }
    }
  }
}
