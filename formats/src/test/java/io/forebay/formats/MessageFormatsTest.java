package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What messages of each format are read as. */
class MessageFormatsTest {
  private static final Schema FIELDS =
      Schema.of(Field.of("id", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64));

  private static List<String> decode(MessageFormat format, String message) {
    return decode(format, FIELDS, FormatLimits.DEFAULT, message);
  }

  private static List<String> decode(
      MessageFormat format, Schema fields, FormatLimits limits, String message) {
    MessageDecoder decoder = MessageFormats.decoder(format, fields, limits, Set.of("gone"));
    return Decoded.shown(Decoded.decode(decoder, message));
  }

  @Test
  void reads_each_object_when_the_message_is_json() {
    assertThat(decode(MessageFormat.JSON, "{\"id\":\"a\",\"value\":1}"))
        .containsExactly("{id=a, value=1.0}");
    assertThat(
            decode(MessageFormat.JSON, "\n{\r\n\t\"id\" :\n\"a\",\n\"unit\":[1,\n2],\"gone\":3}\n"))
        .containsExactly("{id=a} \"unit\":[1,\r2]");
    assertThat(
            decode(MessageFormat.JSON, " [ {\"id\":\"a\"} ,\n{\"id\":\"b\",\"value\":2.5}\n] \n"))
        .containsExactly("{id=a}", "{id=b, value=2.5}");
    assertThat(decode(MessageFormat.JSON, "[]")).isEmpty();
  }

  @Test
  void delivers_the_other_elements_when_one_of_an_array_is_bad() {
    assertThat(
            decode(
                MessageFormat.JSON,
                "[{\"id\":\"a\"},{\"id\":7},3,{\"id\":\"},[\",\"value\":01},{\"id\":\"b\"},{]"))
        .containsExactly(
            "{id=a}",
            "! element 2: id: expected a string, found 7 at column 7",
            "! element 3: expected an object, found 3 at column 1",
            "! element 4: a number must not begin with 0 at column 21",
            "{id=b}",
            "! element 6: expected a name in quotes, found ] at column 2; the rest of the array is"
                + " left out with it");
    assertThat(decode(MessageFormat.JSON, "[{\"id\":\"a\"},]"))
        .containsExactly("{id=a}", "! element 2: expected an object, found ] at column 1");
    assertThat(decode(MessageFormat.JSON, "[{\"id\":\"a\"} {\"id\":\"b\"},{\"id\":\"c\"}]"))
        .containsExactly(
            "{id=a}", "! expected ',' or ']' behind element 1, found an object", "{id=c}");
    assertThat(decode(MessageFormat.JSON, "[{\"id\":\"a\"}"))
        .containsExactly(
            "{id=a}",
            "! expected ',' or ']' behind element 1, found the end of the line; the rest of the"
                + " array is left out with it");
    assertThat(decode(MessageFormat.JSON, "[{\"id\":\"a\"}] {\"id\":\"b\"}"))
        .containsExactly("{id=a}", "! expected the end of the message behind the array");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                     | the message is empty
          7                      | expected an object, found 7 at column 1
          {"id":"a"} {"id":"b"}  | expected the end of the message, found an object at column 12
          {"id":"a\\nb"}          | the control character U+000D must be escaped in a string at column 9
          {"value":1}            | id: missing, and the field is not nullable
          """)
  void says_why_when_a_json_message_is_no_record(String message, String reason) {
    assertThat(decode(MessageFormat.JSON, message.replace("\\n", "\n")))
        .containsExactly("! " + reason);
  }

  @Test
  void reads_each_line_when_the_message_is_ndjson() {
    assertThat(
            decode(
                MessageFormat.NDJSON,
                "{\"id\":\"a\"}\r\n\n  \n{\"id\":1}\n{\"id\":\"b\",\"value\":1,\"x\":2}"))
        .containsExactly(
            "{id=a}", "! id: expected a string, found 1 at column 7", "{id=b, value=1.0} \"x\":2");
    assertThat(decode(MessageFormat.NDJSON, "")).isEmpty();
  }

  @Test
  void reads_each_row_when_the_message_is_csv() {
    assertThat(decode(MessageFormat.CSV, "id,value\r\na,1\r\n\r\n\"b\nc\",\nd\n\"e\"\"\",2"))
        .containsExactly(
            "{id=a, value=1.0}",
            "{id=b\nc}",
            "! the row has 1 cells, but there are 2 fields",
            "{id=e\", value=2.0}");
    assertThat(decode(MessageFormat.CSV, "\"a,1\nb,2\nc,x"))
        .containsExactly(
            "! a quote is not closed",
            "{id=b, value=2.0}",
            "! value: expected a number, found \"x\"");
    Schema single = Schema.of(Field.nullable("n", ColumnType.INT32));
    assertThat(decode(MessageFormat.CSV, single, FormatLimits.DEFAULT, "n\n1\n\n2\n"))
        .containsExactly("{n=1}", "{}", "{n=2}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          20.5      | {value=20.5}
          -7        | {value=-7.0}
          +7        | {value=7.0}
          007.50    | {value=7.5}
          -.5       | {value=-0.5}
          5.        | {value=5.0}
          1E3       | {value=1000.0}
          -0        | {value=-0.0}
          NaN       | ! value: expected a number, found "NaN"
          1 2       | ! value: expected a number, found "1 2"
          .         | ! value: expected a number, found "."
          1e        | ! value: expected a number, found "1e"
          --1       | ! value: expected a number, found "--1"
          0x10      | ! value: expected a number, found "0x10"
          1e999     | ! value: 1e999 is not a value of float64
          """)
  void reads_the_value_when_the_message_is_a_number(String message, String expected) {
    Schema fields = MessageFormats.defaultFields(MessageFormat.NUMBER);
    for (String space : new String[] {"", " ", "\r\n"}) {
      assertThat(
              decode(MessageFormat.NUMBER, fields, FormatLimits.DEFAULT, space + message + space))
          .containsExactly(expected);
    }
  }

  @Test
  void refuses_when_a_number_cannot_fill_the_fields() {
    assertThat(decode(MessageFormat.NUMBER, intValue(), FormatLimits.DEFAULT, "2.5"))
        .containsExactly("! value: 2.5 is not a value of int32");
    assertThat(decode(MessageFormat.NUMBER, intValue(), FormatLimits.DEFAULT, "20.0"))
        .containsExactly("{value=20}");
    assertThat(decode(MessageFormat.NUMBER, intValue(), FormatLimits.DEFAULT, " "))
        .containsExactly("! the message is empty");
    assertThatThrownBy(() -> decode(MessageFormat.NUMBER, FIELDS, FormatLimits.DEFAULT, "1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no field 'id'");
    Schema text = Schema.of(Field.of("value", ColumnType.STRING));
    assertThatThrownBy(() -> decode(MessageFormat.NUMBER, text, FormatLimits.DEFAULT, "1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("declare value: float64");
  }

  private static Schema intValue() {
    return Schema.of(
        Field.of("value", ColumnType.INT32), Field.nullable("room", ColumnType.STRING));
  }

  @Test
  void refuses_records_beyond_the_limits_when_they_come_in_messages() {
    FormatLimits limits = new FormatLimits(40, 10, 3, 4);
    String longId = "{\"id\":\"" + "a".repeat(11) + "\"}";
    String longRecord = "{\"id\":\"a\"" + " ".repeat(40) + "}";
    for (MessageFormat format : List.of(MessageFormat.JSON, MessageFormat.NDJSON)) {
      assertThat(decode(format, FIELDS, limits, longId).getFirst())
          .isEqualTo("! a string is longer than 10 bytes at column 7");
      assertThat(decode(format, FIELDS, limits, longRecord).getFirst())
          .matches("! the (line|record) is longer than 40 bytes");
    }
    assertThat(
            decode(
                MessageFormat.JSON,
                FIELDS,
                limits,
                "[" + longRecord + ",{\"id\":\"a\"},{\"id\":\"a\",\"b\":[[[1]]]}]"))
        .containsExactly(
            "! element 1: the record is longer than 40 bytes",
            "{id=a}",
            "! element 3: objects and arrays nest deeper than 3 at column 17");
    assertThat(decode(MessageFormat.CSV, FIELDS, limits, "a," + "1".repeat(41) + "\nb,2"))
        .containsExactly("! a cell is longer than 10 bytes at column 3", "{id=b, value=2.0}");
    assertThat(
            decode(
                MessageFormat.LINE_PROTOCOL,
                FIELDS,
                limits,
                "m,id=a value=1" + " ".repeat(40) + "\nm,id=b a=1,b=2,c=3,d=4\nm,id=c value=3"))
        .containsExactly(
            "! the line is longer than 40 bytes",
            "! the point has more than 4 tags and fields at column 20",
            "{id=c, value=3.0} \"measurement\":\"m\"");
  }

  @Test
  void finds_the_format_when_its_name_is_known() {
    for (MessageFormat format : MessageFormat.values()) {
      assertThat(MessageFormat.parse(format.text())).isEqualTo(format);
      assertThat(
              MessageFormats.decoder(
                      format, MessageFormats.defaultFields(format), FormatLimits.DEFAULT, Set.of())
                  .schema())
          .isEqualTo(MessageFormats.defaultFields(format));
    }
    assertThatThrownBy(() -> MessageFormat.parse("xml"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("json, ndjson, csv, number, line-protocol");
  }
}
