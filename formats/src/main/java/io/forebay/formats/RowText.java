package io.forebay.formats;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.LineProtocolLayout;
import io.forebay.formats.api.NonFinite;

/**
 * Writes the rows of batches of one schema as text, each without a line end. Used by one thread.
 *
 * <pre>{@code
 * RowText text = RowText.json(schema, new NonFinite("mqtt"));
 * text.load(batch);
 * for (int row = 0; row < batch.rows(); row++) {
 *   out.length(0);
 *   text.put(row, out);
 *   publish(out.array(), 0, out.length());
 * }
 * }</pre>
 */
public interface RowText {
  /** Makes these the rows that are written; the batch is read until the next one is loaded. */
  void load(Batch batch);

  /**
   * Appends a row of the batch.
   *
   * @return false if the format cannot express the row, and nothing was appended: {@link #problem}
   *     says why
   */
  boolean put(int row, Bytes out);

  /**
   * Why the last row could not be appended, one sentence: it has no field, which line protocol
   * needs, or a time that it cannot say.
   */
  default String problem() {
    return "";
  }

  /**
   * JSON objects: the fields in the order of the schema, then the extras as they came. A timestamp
   * is an integer of its unit, a binary is base64, a NaN or infinite value is {@code null}.
   */
  static RowText json(Schema schema, NonFinite nonFinite) {
    return new JsonRows(schema, nonFinite);
  }

  /**
   * CSV rows. A null is an empty cell, an empty text is {@code ""}, a list is a JSON array.
   *
   * @param dropExtras leaves out the extras, which are otherwise a last column of that name
   * @throws ConfigurationException unless the separator is {@code ,} or {@code ;} or a tab
   */
  static CsvRows csv(Schema schema, char separator, boolean dropExtras, NonFinite nonFinite) {
    return new CsvRows(schema, separator, dropExtras, nonFinite);
  }

  /**
   * Points of InfluxDB line protocol.
   *
   * @throws ConfigurationException if the layout names a field that the schema does not have
   */
  static RowText lineProtocol(Schema schema, LineProtocolLayout layout, NonFinite nonFinite) {
    return new LineProtocolRows(schema, layout, nonFinite);
  }
}
