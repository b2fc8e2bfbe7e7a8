package io.forebay.formats.internal.csv;

import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.json.LineBuffer;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The first row of a CSV file: the names of its columns. */
public final class CsvHeader {
  private CsvHeader() {}

  /** Reads the header; the buffer stands behind it then. */
  public static List<String> read(String name, LineBuffer buffer, CsvCells cells)
      throws IOException, InterruptedException {
    if (!buffer.next()) {
      throw new ConfigurationException(
          "'" + name + "' is empty: a CSV file begins with a header row");
    }
    try {
      int end =
          buffer.isCut()
              ? CsvCells.MORE
              : cells.cut(buffer.bytes(), buffer.position(), buffer.end());
      while (end == CsvCells.MORE && buffer.more()) {
        end = cells.cut(buffer.bytes(), buffer.position(), buffer.end());
      }
      if (end == CsvCells.MORE) {
        throw new BadRecord(-1, "it is too long, or a quote is not closed");
      }
      List<String> texts = cells.texts(buffer.bytes());
      buffer.position(end);
      return texts;
    } catch (BadRecord e) {
      throw new ConfigurationException(
          "the header row of '"
              + name
              + "' cannot be read: "
              + e.reason(buffer.bytes(), buffer.position()),
          e);
    }
  }

  /** Refuses a header whose names are no fields, or which lacks a declared one. */
  public static void check(
      String name, List<String> header, @Nullable Schema declared, char separator) {
    Set<String> names = new HashSet<>();
    for (String column : header) {
      if (column.isEmpty() || column.startsWith(Field.RESERVED_PREFIX)) {
        throw new ConfigurationException(
            "the header row of '"
                + name
                + "' names a column '"
                + column
                + "', which is not possible:"
                + " give it another name");
      }
      if (!names.add(column)) {
        throw new ConfigurationException(
            "the header row of '" + name + "' names '" + column + "' twice: rename one of them");
      }
    }
    if (declared == null) {
      return;
    }
    for (Field field : declared.fields()) {
      if (!names.contains(field.name())) {
        throw new ConfigurationException(
            "'"
                + name
                + "' has no column '"
                + field.name()
                + "': its columns are "
                + String.join(", ", header)
                + "; the separator is '"
                + (separator == '\t' ? "\\t" : separator)
                + "'; if its first row is a record, write header: absent");
      }
    }
  }
}
