package io.forebay.formats;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.ByteStream;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.csv.CsvCells;
import io.forebay.formats.internal.json.JsonRecords;
import java.io.IOException;
import java.util.Set;

/**
 * Reads the records of a stream of lines and hands them in: the sequence of a record is its line,
 * its offset the byte behind it. What is not a record is rejected with the reason. Used by one
 * thread.
 */
public interface RecordReader {
  /**
   * Reads a stream from its first byte to its end; skips a byte order mark and, in CSV, the header
   * row.
   *
   * @param name the stream's name for messages
   * @param linesBefore added to each line's number
   * @return the number of the last line
   * @throws ConfigurationException if the header row of CSV cannot be read
   */
  long read(String name, ByteStream stream, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException;

  /**
   * Looks whether a stream begins as it has to for {@link #readOn} behind that: in CSV, with the
   * header row of these fields.
   *
   * @throws ConfigurationException if it does not
   */
  default void checkStart(String name, ByteStream fromBeginning)
      throws IOException, InterruptedException {}

  /**
   * Reads on where {@code place} bytes with {@code linesBefore} lines have been read before.
   *
   * @return the number of the last line
   */
  long readOn(ByteStream stream, long place, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException;

  /**
   * Reads JSON Lines: one object a line, RFC 8259. Members that no field declares become extras.
   *
   * @param replaced names of undeclared members that are left out
   */
  static RecordReader jsonLines(Schema fields, FormatLimits limits, Set<String> replaced) {
    return new JsonlReader(new JsonRecords(fields, limits, replaced), limits);
  }

  /**
   * Reads CSV: RFC 4180 with a header row.
   *
   * @param fields the columns, in the order of the header
   * @param separator {@code ,} or {@code ;} or a tab
   */
  static RecordReader csv(Schema fields, char separator, FormatLimits limits) {
    return csv(fields, separator, limits, true);
  }

  /**
   * As the other one.
   *
   * @param hasHeader whether the first row has the names of the columns
   */
  static RecordReader csv(Schema fields, char separator, FormatLimits limits, boolean hasHeader) {
    CsvText.checkSeparator(separator);
    return new CsvReader(fields, new CsvCells(separator, limits), limits, hasHeader);
  }
}
