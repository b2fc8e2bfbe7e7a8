package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.FormatLimits;
import io.forebay.testkit.CollectingWriter.Line;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every class of line that is no record, with the reason that its owner reads. */
class JsonLinesTableTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT64),
          Field.nullable("small", ColumnType.INT32),
          Field.nullable("f", ColumnType.FLOAT32),
          Field.nullable("at", ColumnType.TIMESTAMP_MS),
          Field.nullable("ok", ColumnType.BOOL),
          Field.nullable("text", ColumnType.STRING),
          Field.nullable("raw", ColumnType.BINARY),
          Field.nullable("wave", ColumnType.FLOAT64_LIST));

  private static Line read(String line) {
    List<Line> lines = Sources.run(Sources.of(line).fields(SCHEMA).build()).lines();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [1]                          | expected an object, found an array at column 1
          "text"                       | expected an object, found "text" at column 1
          null                         | expected an object, found null at column 1
          {                            | expected a name in quotes, found the end of the line at column 2
          {"value"                     | expected ':', found the end of the line at column 9
          {"value":                    | value: expected a number, found the end of the line at column 10
          {"value":1                   | expected ',' or '}', found the end of the line at column 11
          {"value":1,                  | expected a name in quotes, found the end of the line at column 12
          {"value":1,}                 | expected a name in quotes, found } at column 12
          {"value":1} x                | expected the end of the line, found x at column 13
          {"value":1}{}                | expected the end of the line, found an object at column 12
          {value:1}                    | expected a name in quotes, found value at column 2
          {'value':1}                  | expected a name in quotes, found 'value' at column 2
          {"value";1}                  | expected ':', found ;1 at column 9
          {"value":1 "count":2}        | expected ',' or '}', found "count" at column 12
          {"value":1,"value":2}        | the name "value" appears twice at column 12
          {"value":1,"v\\u0061lue":2}  | the name "value" appears twice at column 12
          {"x":1,"y":2,"x":3}          | the name "x" appears twice at column 14
          {"x":{"y":1,"y":2}}          | the name "y" appears twice at column 13
          {"x":[{"é":1,"é":2}]}        | the name "é" appears twice at column 14
          {"value":"20"}               | value: expected a number, found "20" at column 10
          {"value":true}               | value: expected a number, found true at column 10
          {"value":NaN}                | value: expected a number, found NaN at column 10
          {"value":Infinity}           | value: expected a number, found Infinity at column 10
          {"value":-Infinity}          | expected a digit at column 10
          {"value":1e999}              | value: 1e999 is too large for float64 at column 10
          {"value":01}                 | a number must not begin with 0 at column 10
          {"value":+1}                 | value: expected a number, found +1 at column 10
          {"value":.5}                 | value: expected a number, found .5 at column 10
          {"value":5.}                 | expected a digit behind the decimal point at column 12
          {"value":5e}                 | expected a digit in the exponent at column 12
          {"value":0x1}                | expected ',' or '}', found x1 at column 11
          {"value":{}}                 | value: expected a number, found an object at column 10
          {"count":20.5}               | count: 20.5 is not a value of int64 at column 10
          {"count":9223372036854775808} | count: 9223372036854775808 is not a value of int64 at column 10
          {"small":2147483648}         | small: 2147483648 is not a value of int32 at column 10
          {"f":3.5e38}                 | f: 3.5e38 is too large for float32 at column 6
          {"at":"yesterday"}           | at: expected an ISO 8601 time with Z or an offset, found "yesterday" at column 7
          {"at":"2025-01-01T00:00:00"} | at: the time "2025-01-01T00:00:00" has no zone: put Z or an offset such as +01:00 behind it at column 7
          {"at":"2025-01-01T00:00:00.0001Z"} | at: the time has more digits than a timestamp-ms holds at column 7
          {"at":1.5}                   | at: 1.5 is not a value of timestamp-ms at column 7
          {"ok":1}                     | ok: expected true or false, found 1 at column 7
          {"ok":truex}                 | expected ',' or '}', found x at column 11
          {"text":1}                   | text: expected a string, found 1 at column 9
          {"text":"abc                 | a string is not closed at column 9
          {"text":"\\x"}               | unknown escape in a string at column 10
          {"text":"\\u12g4"}           | expected four hexadecimal digits behind \\u at column 14
          {"text":"\\ud800"}           | an escaped surrogate lacks its other half at column 10
          {"text":"é\\udc00\\ud800"}   | an escaped surrogate lacks its other half at column 11
          {"x":"\\ud800\\ud800"}       | an escaped surrogate lacks its other half at column 7
          {"raw":"A"}                  | raw: expected base64 text, found "A" at column 8
          {"wave":1}                   | wave: expected a list of numbers, found 1 at column 9
          {"wave":[1,"2"]}             | wave: expected a number in the list, found "2" at column 12
          {"wave":[1,]}                | wave: expected a number in the list, found ] at column 12
          {"wave":[1}                  | expected ',' or ']', found } at column 11
          {"x":nul}                    | expected a value, found nul at column 6
          {"x":[1 2]}                  | expected ',' or ']', found 2 at column 9
          {"x":{1:2}}                  | expected a name in quotes, found 1 at column 7
          """)
  void rejects_with_a_reason_when_the_line_is_no_record(String line, String reason) {
    Line read = read(line);
    assertThat(read.reason()).isEqualTo(reason);
    assertThat(read.excerpt()).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                            | {}
          {"count":20}                  | {count=20}
          {"count":20.0}                | {count=20}
          {"count":2e1}                 | {count=20}
          {"count":-0}                  | {count=0}
          {"count":-9223372036854775808.0} | {count=-9223372036854775808}
          {"count":1000e-3}             | {count=1}
          {"value":20}                  | {value=20.0}
          {"value":-0}                  | {value=-0.0}
          {"value":1e-999}              | {value=0.0}
          {"value":null,"count":null}   | {}
          {"at":1700000000000.0}        | {at=1700000000000}
          {"at":"2023-11-14T22:13:20Z"} | {at=1700000000000}
          {"at":"2023-11-14T23:13:20+01:00"} | {at=1700000000000}
          {"ok":false}                  | {ok=false}
          {"text":""}                   | {text=}
          {"text":"\\ud83c\\udf21"}     | {text=🌡}
          {"\\u0074ext":"a\\/b"}        | {text=a/b}
          {"raw":"AAEC"}                | {raw=\u0000\u0001\u0002}
          {"wave":[]}                   | {wave=[]}
          {"wave":[ 1 ,2.5e0, -3 ]}     | {wave=[1.0, 2.5, -3.0]}
          """)
  void reads_the_value_when_it_is_written_in_another_form(String line, String values) {
    Line read = read(line);
    assertThat(read.reason()).isEmpty();
    assertThat(read.values().toString()).isEqualTo(values);
  }

  private static Line read(byte[]... parts) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      line.writeBytes(part);
    }
    return Sources.run(Sources.of(line.toByteArray()).fields(SCHEMA).build()).lines().getFirst();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void rejects_when_utf8_is_broken() {
    int[][] broken = {
      {0x80},
      {0xC0, 0x80},
      {0xC1, 0xBF},
      {0xC3},
      {0xE0, 0x9F, 0xBF},
      {0xED, 0xA0, 0x80},
      {0xED, 0xBF, 0xBF},
      {0xE2, 0x82},
      {0xF0, 0x8F, 0xBF, 0xBF},
      {0xF4, 0x90, 0x80, 0x80},
      {0xF5, 0x80, 0x80, 0x80},
      {0xF0, 0x9F, 0x8C},
      {0xFF},
      {0xFE},
    };
    for (int[] bytes : broken) {
      byte[] part = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        part[i] = (byte) bytes[i];
      }
      for (String name : List.of("text", "undeclared")) {
        Line read = read(utf8("{\"" + name + "\":\"é"), part, utf8("\"}"));
        assertThat(read.reason()).startsWith("broken UTF-8 at column " + (name.length() + 7));
        assertThat(read.excerpt()).contains("\uFFFD");
      }
    }
    assertThat(read(utf8("{\"text\":\""), new byte[] {1}, utf8("\"}")).reason())
        .isEqualTo("the control character U+0001 must be escaped in a string at column 10");
    assertThat(read(utf8("{\"value\":1\u00A0}")).reason()).startsWith("expected ',' or '}'");
  }

  @Test
  void rejects_when_a_limit_is_passed_and_accepts_when_it_is_reached() {
    FormatLimits limits = new FormatLimits(200, 20, 4, 5);
    String longest = "{\"text\":\"" + "x".repeat(20) + "\"}";
    String deepest = "{\"x\":[[[1]]]}";
    String most = "{\"a\":1,\"b\":{\"c\":1,\"d\":1},\"value\":1}";
    String widest = "{\"value\":1" + " ".repeat(189) + "}";
    assertThat(widest).hasSize(200);
    for (String line : List.of(longest, deepest, most, widest, widest + "\r")) {
      assertThat(readWith(limits, line + "\n{}\n"))
          .extracting(Line::reason)
          .containsExactly("", "");
    }
    String[][] beyond = {
      {longest.replace("xx", "xxx"), "a string is longer than 20 bytes at column 9"},
      {"{\"" + "y".repeat(21) + "\":1}", "a string is longer than 20 bytes at column 2"},
      {deepest.replace("1", "[]"), "objects and arrays nest deeper than 4 at column 9"},
      {
        most.replace("\"d\":1", "\"d\":1,\"e\":1"),
        "the record has more than 5 members at column 32"
      },
      {widest + " ", "the line is longer than 200 bytes"},
      {" " + widest + "\r", "the line is longer than 200 bytes"},
      {"x".repeat(1_000_000), "the line is longer than 200 bytes"},
      {"{\"value\":" + "1".repeat(150) + "}", ""},
    };
    for (String[] line : beyond) {
      List<Line> read = readWith(limits, line[0] + "\n{\"value\":2}");
      assertThat(read).hasSize(2);
      assertThat(read.get(0).reason()).isEqualTo(line[1]);
      if (read.get(0).isRejected()) {
        assertThat(line[0]).startsWith(read.get(0).excerpt());
        assertThat(read.get(0).excerpt().length() + read.get(0).cutBytes())
            .as("kept and cut")
            .isEqualTo(line[0].length());
      }
      assertThat(read.get(1).values()).containsEntry("value", 2.0);
      assertThat(read.get(1).sequence()).isEqualTo(2);
    }
    assertThat(read("{\"value\":" + "1".repeat(1001) + "}").reason())
        .startsWith("a number is longer than 1000 characters");
    assertThat(read("[".repeat(100_000)).reason()).startsWith("expected an object");
    assertThat(read("{\"x\":" + "[".repeat(100_000)).reason())
        .isEqualTo("objects and arrays nest deeper than 64 at column 69");
  }

  private static List<Line> readWith(FormatLimits limits, String content) {
    return Sources.run(Sources.of(content).fields(SCHEMA).limits(limits).build()).lines();
  }
}
