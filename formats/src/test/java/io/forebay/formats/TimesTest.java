package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which times are read, and as what: never as another moment than the one that was meant. */
class TimesTest {
  private static List<String> json(ColumnType type, String value) {
    Schema fields = Schema.of(Field.of("at", type));
    MessageDecoder decoder =
        MessageFormats.decoder(MessageFormat.JSON, fields, FormatLimits.DEFAULT, Set.of());
    return Decoded.shown(Decoded.decode(decoder, "{\"at\":" + value + "}"));
  }

  private static List<String> csv(ColumnType type, String value) {
    Schema fields = Schema.of(Field.of("at", type));
    MessageDecoder decoder =
        MessageFormats.decoder(MessageFormat.CSV, fields, FormatLimits.DEFAULT, Set.of());
    return Decoded.shown(Decoded.decode(decoder, value));
  }

  @ParameterizedTest
  @CsvSource({
    "2024-01-02T03:04:05-0800, 2024-01-02T11:04:05Z",
    "2024-01-02T03:04:05+08, 2024-01-01T19:04:05Z",
    "2024-01-02T03:04:05.250+05:45, 2024-01-01T21:19:05.250Z",
    "2024-01-02T00:00Z, 2024-01-02T00:00:00Z",
    "2024-01-02T07Z, 2024-01-02T07:00:00Z",
    "20240102T030405Z, 2024-01-02T03:04:05Z",
    "20240102T0304Z, 2024-01-02T03:04:00Z",
    "'20240102T030405,5-0330', 2024-01-02T06:34:05.500Z",
    "'2024-01-02T03:04:05,123Z', 2024-01-02T03:04:05.123Z",
    "2024-01-02t03:04:05z, 2024-01-02T03:04:05Z",
    "2024-01-02T24:00:00Z, 2024-01-03T00:00:00Z",
    "2024-12-31T24:00Z, 2025-01-01T00:00:00Z",
    "2024-02-29T23:59:59.000000000000Z, 2024-02-29T23:59:59Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z, 9999-12-31T23:59:59.999Z",
    "1969-12-31T23:59:59.999Z, 1969-12-31T23:59:59.999Z"
  })
  void reads_the_moment_when_a_text_is_iso_8601(String text, Instant moment) {
    String expected = "{at=" + moment.toEpochMilli() + "}";
    assertThat(json(ColumnType.TIMESTAMP_MS, '"' + text + '"')).containsExactly(expected);
    assertThat(csv(ColumnType.TIMESTAMP_MS, '"' + text + '"')).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2016-12-31T23:59:60Z      | is a leap second, for which a timestamp has no number: send the second before or behind it
          2016-06-30T23:59:60.5Z    | is a leap second
          2024-03-05T12:00:60Z      | is a leap second
          20161231T235960Z          | is a leap second
          2024-01-02T03:04:05       | has no zone: put Z or an offset such as +01:00 behind it
          2024-02-30T00:00:00Z      | is no day of the calendar
          2023-02-29T00:00:00Z      | is no day of the calendar
          2024-01-02T25:00:00Z      | is no time of a day
          2024-01-02T24:00:01Z      | is no time of a day
          2024-01-02T03:61:00Z      | is no time of a day
          2024-01-02T03:04,5Z       | has a fraction of something else than seconds
          2024-W01-2T03:04:05Z      | dates by week or by day of the year are not read
          2024-002T03:04:05Z        | dates by week or by day of the year are not read
          2024-01-02T03:04:05+19:00 | has no offset that a place on earth has
          2024-01-02T03:04:05.0005Z | the time has more digits than a timestamp-ms holds
          2024-01-02T03:04:05.0000000001Z | the time has more digits than a timestamp-ms holds
          2024-01-02 03:04:05Z      | expected an ISO 8601 time with Z or an offset, found
          0000-01-01T00:00:00Z      | the time is out of the range of a timestamp-ms (the years 1 to 9999)
          0001-01-01T00:00:00+01:00 | the time is out of the range of a timestamp-ms
          9999-12-31T24:00:00Z      | the time is out of the range of a timestamp-ms
          +12024-01-02T03:04:05Z    | is out of range: years have four digits
          """)
  void says_why_when_a_text_is_no_moment(String text, String reason) {
    for (List<String> read :
        List.of(
            json(ColumnType.TIMESTAMP_MS, '"' + text + '"'),
            csv(ColumnType.TIMESTAMP_MS, '"' + text + '"'))) {
      assertThat(read).hasSize(1);
      assertThat(read.getFirst()).startsWith("! at: ").contains(reason);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMP_MS, 1700000000000000000, nanoseconds",
    "TIMESTAMP_MS, 1700000000000000, microseconds",
    "TIMESTAMP_US, 1700000000000000000, nanoseconds",
    "TIMESTAMP_MS, 9223372036854775807, a stand-in for a missing time",
    "TIMESTAMP_MS, -9223372036854775808, a stand-in for a missing time",
    "TIMESTAMP_NS, 9223372036854775807, a stand-in for a missing time",
    "TIMESTAMP_NS, -9223372036854775808, a stand-in for a missing time"
  })
  void guesses_what_was_meant_when_a_number_is_out_of_range(
      ColumnType type, String number, String meant) {
    for (List<String> read : List.of(json(type, number), csv(type, number))) {
      assertThat(read.getFirst())
          .startsWith("! at: " + number + " is out of the range of a " + type)
          .contains("; it looks like " + meant);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMESTAMP_MS", "TIMESTAMP_US", "TIMESTAMP_NS"})
  void takes_the_first_and_the_last_and_none_beyond(ColumnType type) {
    for (long value : new long[] {TimestampRange.least(type), TimestampRange.most(type), 0}) {
      assertThat(json(type, "" + value)).containsExactly("{at=" + value + "}");
      assertThat(csv(type, "" + value)).containsExactly("{at=" + value + "}");
    }
    for (long value : new long[] {TimestampRange.least(type) - 1, TimestampRange.most(type) + 1}) {
      assertThat(json(type, "" + value).getFirst()).startsWith("! at: " + value + " is out of");
      assertThat(csv(type, "" + value).getFirst()).startsWith("! at: " + value + " is out of");
    }
  }

  @Test
  void says_the_dates_when_the_range_is_shown() {
    assertThat(Instant.ofEpochMilli(TimestampRange.least(ColumnType.TIMESTAMP_MS)))
        .isEqualTo("0001-01-01T00:00:00Z");
    assertThat(Instant.ofEpochMilli(TimestampRange.most(ColumnType.TIMESTAMP_MS)))
        .isEqualTo("9999-12-31T23:59:59.999Z");
    assertThat(Instant.ofEpochSecond(0, TimestampRange.least(ColumnType.TIMESTAMP_NS)))
        .isEqualTo("1677-09-22T00:00:00Z");
    assertThat(Instant.ofEpochSecond(0, TimestampRange.most(ColumnType.TIMESTAMP_NS)))
        .isEqualTo("2262-04-11T23:47:16.854775806Z");
  }
}
