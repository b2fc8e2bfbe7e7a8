package io.forebay.formats.internal.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.Decoded;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.RecordReader;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.testkit.CollectingWriter;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands before a text to say its encoding never becomes part of a value. */
class ByteOrderMarkTest {
  private static final Schema FIELDS =
      Schema.of(Field.of("id", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64));

  private static MessageDecoder decoder(MessageFormat format) {
    Schema fields =
        format == MessageFormat.NUMBER
            ? MessageFormats.defaultFields(format)
            : format == MessageFormat.LINE_PROTOCOL
                ? Schema.of(
                    Field.of("sensorId", ColumnType.STRING),
                    Field.nullable("value", ColumnType.FLOAT64))
                : FIELDS;
    return MessageFormats.decoder(format, fields, FormatLimits.DEFAULT, Set.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          csv           | ~C1,20               | {id=C1, value=20.0}
          csv           | ~"C1",20             | {id=C1, value=20.0}
          csv           | a,1;~C1,20           | {id=a, value=1.0} {id=C1, value=20.0}
          csv           | "~C1",20             | {id=~C1, value=20.0}
          csv           | ~                    | ``
          json          | ~{"id":"C1"}         | {id=C1}
          json          | ~[{"id":"C1"}]       | {id=C1}
          ndjson        | ~{"id":"C1"}         | {id=C1}
          ndjson        | {"id":"a"};~{"id":"C1"};~; | {id=a} {id=C1}
          number        | ~20                  | {value=20.0}
          line-protocol | ~C1 value=20         | {sensorId=C1, value=20.0}
          line-protocol | a value=1;~C1 value=20 | {sensorId=a, value=1.0} {sensorId=C1, value=20.0}
          """)
  void is_skipped_when_it_is_that_of_utf_8(String format, String message, String records) {
    String text = message.replace('~', '\ufeff').replace(';', '\n');
    List<String> shown = Decoded.shown(Decoded.decode(decoder(MessageFormat.parse(format)), text));
    assertThat(String.join(" ", shown)).isEqualTo(records.replace('~', '\ufeff'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "ndjson", "number", "line-protocol"})
  void refuses_the_message_when_it_is_that_of_another_encoding(String format) {
    for (String charset : List.of("UTF-16", "x-UTF-16LE-BOM", "X-UTF-32BE-BOM", "X-UTF-32LE-BOM")) {
      byte[] message = "a,1\nb,2".getBytes(Charset.forName(charset));
      assertThat(Decoded.shown(Decoded.decode(decoder(MessageFormat.parse(format)), message)))
          .hasSize(1)
          .first()
          .asString()
          .startsWith("! the text is UTF-16 or UTF-32, as its byte order mark says");
    }
  }

  @Test
  void refuses_the_rows_when_they_are_utf_16_without_a_mark() {
    Schema texts =
        Schema.of(Field.of("id", ColumnType.STRING), Field.nullable("room", ColumnType.STRING));
    MessageDecoder csv =
        MessageFormats.decoder(MessageFormat.CSV, texts, FormatLimits.DEFAULT, Set.of());
    assertThat(Decoded.decode(csv, "C1,hall".getBytes(StandardCharsets.UTF_16LE)))
        .allMatch(line -> line.reason().startsWith("a NUL outside of quotes: is the text UTF-16?"));
    assertThat(
            Decoded.decode(
                decoder(MessageFormat.LINE_PROTOCOL),
                "C1 value=1".getBytes(StandardCharsets.UTF_16LE)))
        .allMatch(line -> line.reason().startsWith("a NUL outside of quotes"));
  }

  @Test
  void refuses_the_file_when_it_is_utf_16() {
    for (RecordReader reader :
        List.of(
            RecordReader.csv(FIELDS, ',', FormatLimits.DEFAULT),
            RecordReader.jsonLines(FIELDS, FormatLimits.DEFAULT, Set.of()))) {
      ByteArrayInputStream bytes =
          new ByteArrayInputStream("id,value\na,1\n".getBytes(StandardCharsets.UTF_16));
      assertThatThrownBy(() -> reader.read("x.csv", bytes::read, 0, new CollectingWriter(FIELDS)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("'x.csv' cannot be read: it is UTF-16 or UTF-32")
          .hasMessageContaining("iconv");
    }
  }

  @Test
  void is_skipped_when_marked_files_are_joined() throws Exception {
    CollectingWriter out = new CollectingWriter(FIELDS);
    byte[] joined = "\ufeffid,value\na,1\n\ufeffid,value\nb,2\n".getBytes(StandardCharsets.UTF_8);
    RecordReader.csv(FIELDS, ',', FormatLimits.DEFAULT)
        .read("x.csv", new ByteArrayInputStream(joined)::read, 0, out);
    assertThat(out.lines()).noneMatch(CollectingWriter.Line::isRejected);
    assertThat(out.lines())
        .extracting(line -> line.sequence() + "" + line.values())
        .containsExactly("2{id=a, value=1.0}", "4{id=b, value=2.0}");
    out.lines().clear();
    byte[] lines = "\ufeff{\"id\":\"a\"}\n\ufeff{\"id\":\"b\"}".getBytes(StandardCharsets.UTF_8);
    RecordReader.jsonLines(FIELDS, FormatLimits.DEFAULT, Set.of())
        .read("x.jsonl", new ByteArrayInputStream(lines)::read, 0, out);
    assertThat(out.lines())
        .extracting(line -> line.values().toString())
        .containsExactly("{id=a}", "{id=b}");
  }

  @Test
  void stops_the_file_when_a_joined_one_has_its_columns_in_another_order() throws Exception {
    Schema texts =
        Schema.of(Field.of("id", ColumnType.STRING), Field.nullable("room", ColumnType.STRING));
    for (Schema fields : List.of(FIELDS, texts)) {
      String second = fields.field(1).name() + ",id\n2,b\n";
      byte[] joined =
          ("id," + fields.field(1).name() + "\na,1\n" + second).getBytes(StandardCharsets.UTF_8);
      CollectingWriter out = new CollectingWriter(fields);
      assertThatThrownBy(() ->
              RecordReader.csv(fields, ',', FormatLimits.DEFAULT)
                  .read("x.csv", new ByteArrayInputStream(joined)::read, 0, out))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("line 3 of 'x.csv' is a header row with other columns");
      assertThat(out.lines()).hasSize(1);
    }
  }

  @Test
  void is_put_in_quotes_when_a_text_that_is_written_begins_so() {
    Bytes out = new Bytes(16);
    for (String text : List.of("\ufeffC1", "a\0b", "C1\ufeff")) {
      CsvText.put(
          out, java.lang.foreign.MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)));
      out.put('\n');
    }
    assertThat(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8))
        .isEqualTo("\"\ufeffC1\"\n\"a\0b\"\nC1\ufeff\n");
  }
}
