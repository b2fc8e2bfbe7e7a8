package io.forebay.formats.internal.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.Decoded;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.testkit.CollectingWriter.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Header rows of CSV messages: obeyed, or refused with the rows behind them. */
class CsvHeaderTest {
  private static final Schema READING =
      Schema.of(
          Field.of("id", ColumnType.STRING),
          Field.of("low", ColumnType.FLOAT64),
          Field.nullable("high", ColumnType.FLOAT64));
  private static final Schema TEXTS =
      Schema.of(
          Field.of("id", ColumnType.STRING),
          Field.of("room", ColumnType.STRING),
          Field.nullable("note", ColumnType.STRING));

  private static MessageDecoder decoder(Schema fields, CsvHeaderRow row) {
    return MessageFormats.csv(fields, ',', FormatLimits.DEFAULT, CsvHeaders.of(row));
  }

  private static List<String> auto(Schema fields, String message) {
    return Decoded.shown(Decoded.decode(decoder(fields, CsvHeaderRow.AUTO), message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          high,id,low\\n2,a,1\\n3,b,2         | {id=a, low=1.0, high=2.0} {id=b, low=2.0, high=3.0}
          id,low,high\\na,1,2                 | {id=a, low=1.0, high=2.0}
          low,id\\n1,a                        | {id=a, low=1.0}
          HIGH, Low ,id\\n2,1,a               | {id=a, low=1.0, high=2.0}
          \\ufeff"high","id","low"\\r\\n2,a,1 | {id=a, low=1.0, high=2.0}
          \\n\\nhigh,low,id\\n2,1,a           | {id=a, low=1.0, high=2.0}
          high,low,id                         | ``
          high,low,id\\n                      | ``
          a,1,2\\nhigh,low,id\\n2,1,b         | {id=a, low=1.0, high=2.0} {id=b, low=1.0, high=2.0}
          low,id\\n1,a\\nid,low\\nb,2         | {id=a, low=1.0} {id=b, low=2.0}
          low,1,2\\nb,3,4                     | {id=low, low=1.0, high=2.0} {id=b, low=3.0, high=4.0}
          """,
      quoteCharacter = '`')
  void reads_each_value_into_its_field_when_a_header_says_which(String message, String records) {
    assertThat(String.join(" ", auto(READING, unescaped(message)))).isEqualTo(records);
  }

  @Test
  void obeys_the_header_when_every_field_is_a_text() {
    assertThat(auto(TEXTS, "room,id\nhall,a\n")).containsExactly("{id=a, room=hall}");
    assertThat(auto(TEXTS, "a,hall,x\nnote,room,id\nx,hall,b\nc,room,id"))
        .containsExactly(
            "{id=a, room=hall, note=x}", "{id=b, room=hall, note=x}", "{id=id, room=room, note=c}");
    assertThat(auto(TEXTS, "a,b,c\nd,e,f")).hasSize(2).allMatch(line -> line.startsWith("{id="));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          id,high,low,volt\\na,2,1,3 | the header names a column 'volt', which is no field
          id,low,low\\na,1,2         | the header names 'low' twice
          id,low,LOW\\na,1,2         | the header names 'low' twice
          id,high\\na,2              | the header lacks 'low', a field that is not nullable
          sensor,v1,v2\\na,1,2       | the header names a column 'sensor', which is no field
          id,,low\\na,1,2            | the header names a column '', which is no field
          """)
  void refuses_all_rows_when_the_header_cannot_be_obeyed(String message, String reason) {
    List<Line> lines =
        Decoded.decode(decoder(READING, CsvHeaderRow.AUTO), message.replace("\\n", "\n"));
    assertThat(lines).hasSize(2).allMatch(Line::isRejected);
    assertThat(lines.get(0).reason()).startsWith(reason).contains("(fields: id, low, high)");
    assertThat(lines.get(1).reason()).startsWith("not read, because " + reason);
    assertThat(lines.get(1).excerpt()).isEqualTo(message.replace("\\n", "\n"));
  }

  @Test
  void refuses_the_rows_behind_it_when_a_header_in_the_middle_cannot_be_obeyed() {
    assertThat(auto(READING, "a,1,2\nid,volt,low\nb,3,4\nhigh,low,id\n6,5,c"))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("{id=a, low=1.0, high=2.0}"),
            line -> assertThat(line).startsWith("! the header names a column 'volt'"),
            line -> assertThat(line).startsWith("! not read, because the header names"),
            line -> assertThat(line).isEqualTo("{id=c, low=5.0, high=6.0}"));
  }

  @Test
  void costs_only_itself_when_a_row_is_bad_and_no_header() {
    assertThat(auto(READING, "a,x,2\nb,3,4"))
        .hasSize(2)
        .last()
        .isEqualTo("{id=b, low=3.0, high=4.0}");
    assertThat(auto(READING, "high,id,low\nx,a,1\n2,b,3"))
        .containsExactly("! high: expected a number, found \"x\"", "{id=b, low=3.0, high=2.0}");
  }

  @Test
  void keeps_the_header_with_a_rejected_row_when_its_order_is_another() {
    MessageDecoder decoder = decoder(READING, CsvHeaderRow.AUTO);
    List<Line> lines = Decoded.decode(decoder, "high,id,low\r\nx,a,1\r\n");
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst().excerpt()).isEqualTo("high,id,low\nx,a,1");
    String mended = lines.getFirst().excerpt().replace("x", "2");
    MessageDecoder again =
        MessageFormats.csv(
            READING, ',', FormatLimits.DEFAULT, CsvHeaders.ofEach(CsvHeaderRow.AUTO));
    assertThat(Decoded.shown(Decoded.decode(again, mended)))
        .containsExactly("{id=a, low=1.0, high=2.0}");
    assertThat(Decoded.decode(again, "id,low,high\na,x,2").getFirst().excerpt()).isEqualTo("a,x,2");
  }

  @Test
  void holds_for_the_connection_when_rows_come_in_pieces() throws InterruptedException {
    MessageDecoder lane = decoder(READING, CsvHeaderRow.AUTO);
    MessageDecoder one = lane.ofConnection();
    MessageDecoder other = lane.ofConnection();
    Decoded out = new Decoded(READING);
    feed(one, out, "\ufeffhigh,id,low\n");
    feed(other, out, "low,id\n");
    feed(one, out, "2,a,1\n4,b,3\n");
    feed(other, out, "5,c\n");
    feed(one, out, "6,d,5\nid,low,high\n");
    feed(one, out, "e,7,8\n");
    assertThat(Decoded.shown(out.take()))
        .containsExactly(
            "{id=a, low=1.0, high=2.0}",
            "{id=b, low=3.0, high=4.0}",
            "{id=c, low=5.0}",
            "{id=d, low=5.0, high=6.0}",
            "{id=e, low=7.0, high=8.0}");
  }

  private static void feed(MessageDecoder decoder, Decoded out, String text)
      throws InterruptedException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    decoder.decode(bytes, 0, bytes.length, out);
  }

  @Test
  void refuses_what_comes_without_a_header_when_one_of_another_order_came_before() {
    CsvHeaders headers = CsvHeaders.of(CsvHeaderRow.AUTO);
    List<MessageDecoder> lanes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      lanes.add(MessageFormats.csv(READING, ',', FormatLimits.DEFAULT, headers));
    }
    assertThat(Decoded.shown(Decoded.decode(lanes.get(0), "a,1,2")))
        .containsExactly("{id=a, low=1.0, high=2.0}");
    assertThat(Decoded.decode(lanes.get(0), "id,high,low")).isEmpty();
    assertThat(Decoded.decode(lanes.get(1), "b,4,3").getFirst().reason())
        .startsWith("there is no header before the row, while an earlier message had one")
        .contains("id, high, low");
    assertThat(Decoded.shown(Decoded.decode(lanes.get(1), "id,low,high\nc,1,2")))
        .containsExactly("{id=c, low=1.0, high=2.0}");
  }

  @Test
  void reads_nothing_without_a_header_when_one_has_to_be_present() {
    MessageDecoder decoder = decoder(READING, CsvHeaderRow.PRESENT);
    assertThat(Decoded.shown(Decoded.decode(decoder, "high,low,id\n2,1,a")))
        .containsExactly("{id=a, low=1.0, high=2.0}");
    List<Line> lines = Decoded.decode(decoder, "a,1,2\nb,3,4");
    assertThat(lines).hasSize(2).allMatch(Line::isRejected);
    // A row of a mended letter needs its header as every message does.
    assertThat(Decoded.decode(decoder, "id,low,high\na,x,2").getFirst().excerpt())
        .isEqualTo("id,low,high\na,x,2");
  }

  @Test
  void takes_every_row_as_a_record_when_headers_are_absent() {
    MessageDecoder decoder = decoder(TEXTS, CsvHeaderRow.ABSENT);
    assertThat(Decoded.shown(Decoded.decode(decoder, "note,room,id\na,hall,x")))
        .containsExactly("{id=note, room=room, note=id}", "{id=a, room=hall, note=x}");
  }

  @Test
  void refuses_the_row_when_it_may_be_a_header_or_a_record() {
    Schema numbers =
        Schema.of(Field.of("1", ColumnType.FLOAT64), Field.of("2", ColumnType.FLOAT64));
    assertThat(auto(numbers, "2,1\n3,4").getFirst())
        .startsWith("! the row may be a header or a record: say which");
    assertThat(auto(numbers, "3,4")).containsExactly("{1=3.0, 2=4.0}");
  }

  private static String unescaped(String text) {
    return text.replace("\\n", "\n").replace("\\r", "\r").replace("\\ufeff", "\ufeff");
  }
}
