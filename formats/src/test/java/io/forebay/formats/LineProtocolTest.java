package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.LineProtocolOptions;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.TimePrecision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** InfluxDB line protocol, piece by piece. */
class LineProtocolTest {
  private static final Schema ALL =
      Schema.of(
          Field.nullable("measurement", ColumnType.STRING),
          Field.nullable("tag", ColumnType.STRING),
          Field.nullable("room", ColumnType.INT32),
          Field.nullable("f", ColumnType.FLOAT64),
          Field.nullable("i", ColumnType.INT64),
          Field.nullable("b", ColumnType.BOOL),
          Field.nullable("s", ColumnType.STRING),
          Field.nullable("at", ColumnType.TIMESTAMP_MS),
          Field.nullable("w", ColumnType.FLOAT64_LIST),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_NS));

  private static List<String> decode(Schema fields, String message) {
    return decode(fields, LineProtocolOptions.DEFAULT, message);
  }

  private static List<String> decode(Schema fields, LineProtocolOptions options, String message) {
    MessageDecoder decoder =
        MessageFormats.lineProtocol(fields, FormatLimits.DEFAULT, Set.of("gone"), options);
    return Decoded.shown(Decoded.decode(decoder, message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          m f=1                          | {measurement=m, f=1.0}
          m f=1 1700000000000000007      | {measurement=m, f=1.0, timestamp=1700000000000000007}
          m f=1 -5                       | {measurement=m, f=1.0, timestamp=-5}
          m,tag=a,room=7 f=-1.5e3,i=12i  | {measurement=m, tag=a, room=7, f=-1500.0, i=12}
          m i=12u,f=3i                   | {measurement=m, f=3.0, i=12}
          m i=12                         | {measurement=m, i=12}
          m f=.5                         | {measurement=m, f=0.5}
          m f=5.                         | {measurement=m, f=5.0}
          m f=007                        | {measurement=m, f=7.0}
          m b=t                          | {measurement=m, b=true}
          m b=FALSE                      | {measurement=m, b=false}
          m\\ 1\\,2=3 f=1                | {measurement=m 1,2=3, f=1.0}
          m,tag=a\\ b\\,c\\=d\\e f=1     | {measurement=m, tag=a b,c=d\\e, f=1.0}
          m s="a \\"b\\" \\\\ \\c,d = e"   | {measurement=m, s=a "b" \\ \\c,d = e}
          m s="",f=1                     | {measurement=m, f=1.0, s=}
          m s="é温🌡"                    | {measurement=m, s=é温🌡}
          m at="2025-01-01T00:00:00Z"    | {measurement=m, at=1735689600000}
          m at=1735689600000i            | {measurement=m, at=1735689600000}
          m w="[1,2.5]"                  | {measurement=m, w=[1.0, 2.5]}
          m,measurement=x f=1            | {measurement=x, f=1.0} "measurementOfPoint":"m"
          m timestamp=5i,f=1 7           | {measurement=m, f=1.0, timestamp=5} "timestampOfPoint":7
          m,host=a\\"b x=1,y="2",z=t,n=3i | {measurement=m} "host":"a\\\\\\"b","x":1,"y":"2","z":true,"n":3
          m x=.5,y=-0,z=01.50e3,gone=1   | {measurement=m} "x":0.5,"y":-0,"z":1.50e3
          m u=18446744073709551615u      | {measurement=m} "u":18446744073709551615
          m   f=1   7                    | {measurement=m, f=1.0, timestamp=7}
          """)
  void reads_a_point_when_it_is_written_as_influxdb_allows(String line, String expected) {
    for (String end : new String[] {"", "\n", "\r\n", " ", " \r\n", "\n# comment\n \t\n"}) {
      assertThat(decode(ALL, line + end)).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ,t=1 f=1              | expected a measurement at column 1
          m                     | expected a space and a field behind the measurement and its tags at column 2
          m,                    | expected a name at column 3
          m,t                   | expected '=' behind a name, found the end of the line at column 4
          m,t= f=1              | a tag has no value at column 5
          m,t=a=b f=1           | '=' in the value of a tag needs a backslash before it at column 6
          m,=a f=1              | expected a name at column 3
          m f                   | expected '=' behind a name, found the end of the line at column 4
          m f=                  | a field has no value at column 5
          m f=1,                | expected a name at column 7
          m f=1 g=2             | expected a timestamp of at most 19 digits, found g=2 at column 7
          m f=1 1.5             | expected the end of the line, found .5 at column 8
          m f=1 7 8             | expected the end of the line, found 8 at column 9
          m f=1 99999999999999999999 | expected a timestamp of at most 19 digits, found 99999999999999999999 at column 7
          m f=abc               | expected a number, a truth value or a text in quotes, found abc at column 5
          m f=+1                | expected a number, a truth value or a text in quotes, found +1 at column 5
          m f=NaN               | expected a number, a truth value or a text in quotes, found NaN at column 5
          m f=1e                | expected a number, a truth value or a text in quotes, found 1e at column 5
          m f=trueish           | expected a number, a truth value or a text in quotes, found trueish at column 5
          m f=1.5i              | 1.5i is no integer of 64 bits at column 5
          m i=-1u               | -1u is no unsigned integer of 64 bits at column 5
          m i=9223372036854775808i | 9223372036854775808i is no integer of 64 bits at column 5
          m i=9223372036854775808u | i: 9223372036854775808 is not a value of int64
          m i=1.5               | i: 1.5 is not a value of int64
          m f="1"               | f: expected float64, found text "1"
          m s=1                 | s: expected string, found 1
          m b=1                 | b: expected bool, found 1
          m f=t                 | f: expected float64, found t
          m,room=x f=1          | room: expected a number, found "x"
          m s="a                | a text is not closed at column 5
          m s="a"b              | expected ',' or a space behind a field at column 8
          m,a=1,a=2 f=1         | the name "a" appears twice at column 7
          m,f=1 f=2             | the name "f" appears twice at column 7
          """)
  void says_why_when_a_point_cannot_be_read(String line, String reason) {
    assertThat(decode(ALL, "m f=1\n" + line + "\nm f=2"))
        .containsExactly("{measurement=m, f=1.0}", "! " + reason, "{measurement=m, f=2.0}");
  }

  @Test
  void keeps_newlines_when_they_are_in_a_text() {
    assertThat(decode(ALL, "m s=\"a\nb\r\n#c\",f=1 7\nm f=2"))
        .containsExactly(
            "{measurement=m, f=1.0, s=a\nb\r\n#c, timestamp=7}", "{measurement=m, f=2.0}");
  }

  @Test
  void fills_the_usual_fields_when_none_are_declared() {
    Schema fields = MessageFormats.defaultFields(MessageFormat.LINE_PROTOCOL);
    assertThat(
            decode(
                fields,
                """
                temp,sensorId=a value=1 5
                temp value=2
                cpu,host=h usage=3i 6
                cpu,sensorId=b x=1
                """))
        .containsExactly(
            "{sensorId=a, timestamp=5, value=1.0} \"measurement\":\"temp\"",
            "{sensorId=temp, value=2.0}",
            "{sensorId=cpu, timestamp=6} \"host\":\"h\",\"usage\":3",
            "{sensorId=b} \"x\":1,\"measurement\":\"cpu\"");
    assertThat(decode(Schema.of(Field.nullable("x", ColumnType.INT64)), "m x=1i 7"))
        .containsExactly("{x=1} \"timestamp\":7,\"measurement\":\"m\"");
  }

  @Test
  void converts_times_when_the_precision_is_not_that_of_the_field() {
    Schema ms = Schema.of(Field.of("timestamp", ColumnType.TIMESTAMP_MS));
    Schema raw = Schema.of(Field.of("time", ColumnType.INT64));
    assertThat(decode(ms, "m,gone=1 gone2=1 1700000000123999999").getFirst())
        .startsWith("{timestamp=1700000000123}");
    assertThat(decode(ms, "m gone=1 -1").getFirst()).startsWith("{timestamp=-1}");
    LineProtocolOptions seconds = new LineProtocolOptions(TimePrecision.SECONDS, Optional.empty());
    assertThat(decode(ms, seconds, "m gone=1 1700000000").getFirst())
        .startsWith("{timestamp=1700000000000}");
    assertThat(decode(raw, seconds, "m gone=1 1700000000").getFirst())
        .startsWith("{time=1700000000}");
    assertThat(decode(ms, seconds, "m gone=1 9223372036854775807"))
        .containsExactly(
            "! timestamp: the time 9223372036854775807 in units of s is out of the range of a"
                + " timestamp-ms (the years 1 to 9999) at column 10");
    assertThat(decode(ms, seconds, "m gone=1 1700000000000"))
        .containsExactly(
            "! timestamp: the time 1700000000000 in units of s is out of the range of a"
                + " timestamp-ms (the years 1 to 9999); it looks like milliseconds: send that as"
                + " the precision at column 10");
    assertThat(TimePrecision.parse("u")).isEqualTo(TimePrecision.MICROSECONDS);
    assertThatThrownBy(() -> TimePrecision.parse("h")).hasMessageContaining("ns, us, ms or s");
  }

  @Test
  void takes_the_time_of_arrival_when_a_point_has_none_and_a_clock_is_given() {
    Schema ms = Schema.of(Field.of("timestamp", ColumnType.TIMESTAMP_MS));
    LineProtocolOptions options =
        new LineProtocolOptions(
            TimePrecision.SECONDS, Optional.of(() -> Instant.ofEpochMilli(1_700_000_000_123L)));
    assertThat(decode(ms, options, "m gone=1\nm gone=1 5"))
        .containsExactly(
            "{timestamp=1700000000123} \"measurement\":\"m\"",
            "{timestamp=5000} \"measurement\":\"m\"");
    Schema raw = Schema.of(Field.of("time", ColumnType.INT64));
    assertThat(decode(raw, options, "m gone=1").getFirst()).startsWith("{time=1700000000}");
    assertThat(decode(ms, "m gone=1"))
        .containsExactly("! timestamp: missing, and the field is not nullable");
  }

  @Test
  void refuses_when_the_field_for_the_time_is_no_timestamp() {
    Schema text = Schema.of(Field.of("timestamp", ColumnType.STRING));
    assertThatThrownBy(() -> decode(text, "m f=1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("declare it as timestamp-ns");
  }
}
