package io.forebay.formats;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.LineProtocolOptions;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.internal.points.LineProtocolRecords;
import java.util.Set;

/** Makes decoders of messages. */
public final class MessageFormats {
  private static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));
  private static final Schema POINT =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_NS),
          Field.nullable("value", ColumnType.FLOAT64));

  private MessageFormats() {}

  /**
   * The fields where none are declared: {@code sensorId: string, timestamp: timestamp-ms, value:
   * float64}; for {@link MessageFormat#NUMBER} only {@code value: float64}; for {@link
   * MessageFormat#LINE_PROTOCOL} {@code sensorId: string, timestamp: timestamp-ns?, value:
   * float64?}, because points need neither a time nor a field of that name.
   */
  public static Schema defaultFields(MessageFormat format) {
    return switch (format) {
      case NUMBER -> Schema.of(Field.of(NumberMessages.VALUE, ColumnType.FLOAT64));
      case LINE_PROTOCOL -> POINT;
      case JSON, NDJSON, CSV -> READING;
    };
  }

  /**
   * A decoder of messages; line protocol with {@link LineProtocolOptions#DEFAULT}.
   *
   * @param fields what records look like, see {@link #defaultFields}
   * @param replacedColumns names of undeclared members that are not kept as extras
   * @throws ConfigurationException if the format cannot fill these fields
   */
  public static MessageDecoder decoder(
      MessageFormat format, Schema fields, FormatLimits limits, Set<String> replacedColumns) {
    return switch (format) {
      case JSON -> new JsonMessages(fields, limits, replacedColumns);
      case NDJSON -> new JsonLineMessages(fields, limits, replacedColumns);
      case CSV -> csv(fields, ',', limits, CsvHeaders.of(CsvHeaderRow.AUTO));
      case NUMBER -> new NumberMessages(fields);
      case LINE_PROTOCOL ->
          lineProtocol(fields, limits, replacedColumns, LineProtocolOptions.DEFAULT);
    };
  }

  /**
   * As the other one.
   *
   * @param headers what is done with the header rows of {@link MessageFormat#CSV}, the same for all
   *     decoders of a source
   */
  public static MessageDecoder decoder(
      MessageFormat format,
      Schema fields,
      FormatLimits limits,
      Set<String> replacedColumns,
      CsvHeaders headers) {
    return format == MessageFormat.CSV
        ? csv(fields, ',', limits, headers)
        : decoder(format, fields, limits, replacedColumns);
  }

  /**
   * A decoder of CSV rows: with the columns of their header, or the fields in their order.
   *
   * @throws ConfigurationException unless the separator is {@code ,} or {@code ;} or a tab
   */
  public static MessageDecoder csv(
      Schema fields, char separator, FormatLimits limits, CsvHeaders headers) {
    CsvText.checkSeparator(separator);
    return new CsvMessages(fields, separator, limits, headers);
  }

  /**
   * A decoder of InfluxDB line protocol. A declared field gets the tag or the field of its name;
   * without one, {@code measurement} and {@code sensorId} get the measurement, and {@code
   * timestamp} (if it is not declared, {@code time}) the time of the point. What is not declared is
   * kept as extras: tags as strings, the measurement and the time under these names.
   *
   * @throws ConfigurationException if the field for the time is no timestamp and no int64
   */
  public static MessageDecoder lineProtocol(
      Schema fields,
      FormatLimits limits,
      Set<String> replacedColumns,
      LineProtocolOptions options) {
    return new LineProtocolMessages(
        limits, new LineProtocolRecords(fields, limits, replacedColumns, options));
  }
}
