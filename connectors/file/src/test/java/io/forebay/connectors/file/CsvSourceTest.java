package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.FormatLimits;
import io.forebay.testkit.CollectingWriter.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvSourceTest {
  private static final Schema FIELDS =
      Schema.of(
          Field.of("id", ColumnType.STRING),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT64),
          Field.nullable("small", ColumnType.INT32),
          Field.nullable("f", ColumnType.FLOAT32),
          Field.nullable("at", ColumnType.TIMESTAMP_US),
          Field.nullable("ok", ColumnType.BOOL),
          Field.nullable("raw", ColumnType.BINARY),
          Field.nullable("wave", ColumnType.FLOAT64_LIST));

  private static Line read(String column, String cell) {
    String csv = "id," + column + "\na," + cell + "\n";
    Schema fields = Schema.of(FIELDS.field("id"), FIELDS.field(column));
    List<Line> lines =
        Sources.run(Sources.of(csv).format(FileFormat.CSV).fields(fields).build()).lines();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          value | 20.5             | 20.5
          value | 2e1              | 20.0
          value | "-0"             | -0.0
          count | 20.0             | 20
          count | 9223372036854775807 | 9223372036854775807
          small | -2147483648      | -2147483648
          f     | 0.1              | 0.10000000149011612
          at    | 1700000000000000 | 1700000000000000
          at    | 2023-11-14T22:13:20.000001Z | 1700000000000001
          ok    | true             | true
          ok    | "false"          | false
          raw   | QUJD             | ABC
          raw   | ""               | ``
          wave  | "[1,2.5, -3e0 ]" | [1.0, 2.5, -3.0]
          wave  | []               | []
          """)
  void reads_the_value_when_a_cell_has_one(String column, String cell, String value) {
    Line read = read(column, cell);
    assertThat(read.reason()).isEmpty();
    assertThat(String.valueOf(read.values().get(column))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          value | abc      | value: expected a number, found "abc"
          value | ` 20.5`  | value: expected a number, found " 20.5"
          value | `20.5 `  | value: expected a number, found "20.5 "
          value | 20,5     | the row has 3 cells, but the header has 2
          value | NaN      | value: expected a number, found "NaN"
          value | 007      | value: expected a number, found "007"
          value | 1e999    | value: 1e999 is not a value of float64
          value | "2""0"   | value: expected a number, found "2"0"
          count | 20.5     | count: 20.5 is not a value of int64
          small | 2147483648 | small: 2147483648 is not a value of int32
          f     | 1e39     | f: 1e39 is not a value of float32
          at    | 2023     | ``
          at    | today    | at: expected an ISO 8601 time with Z or an offset, found "today"
          ok    | TRUE     | ok: expected true or false, found "TRUE"
          raw   | A        | raw: expected base64 text, found "A"
          wave  | "[1,]"   | wave: expected a list of numbers, found "[1,]"
          wave  | "[,1]"   | wave: expected a list of numbers, found "[,1]"
          wave  | "[1 2]"  | wave: expected a list of numbers, found "[1 2]"
          wave  | "[1"     | wave: expected a list of numbers, found "[1"
          wave  | 1        | wave: expected a list of numbers, found "1"
          value | 1"2      | a quote in a cell that does not begin with one at column 4
          value | "1"2     | expected a separator behind the quoted cell at column 6
          value | "1       | a quote is not closed
          value | 1\\r2    | `value: expected a number, found "1\\r2"`
          """)
  void rejects_with_a_reason_when_a_cell_is_wrong(String column, String cell, String reason) {
    assertThat(read(column, cell).reason()).isEqualTo(reason);
  }

  @Test
  void tells_empty_from_null_when_cells_have_quotes() {
    List<Line> lines =
        Sources.run(
                Sources.of("a;b;c\n\"\";;x\n;\"\";\n")
                    .format(FileFormat.CSV)
                    .separator(';')
                    .fields(Schema.of(Field.of("a", ColumnType.STRING)))
                    .build())
            .lines();
    assertThat(lines.get(0).values().toString()).isEqualTo("{a=, c=x}");
    assertThat(lines.get(1).reason()).isEqualTo("a: empty, and the field is not nullable");
  }

  @Test
  void rejects_when_utf8_is_broken_or_a_limit_is_passed() {
    byte[] csv = "a,b\nx\u00e9,1\nx,\u00e9\n\u6e29,2\n".getBytes(StandardCharsets.ISO_8859_1);
    FileSource source = Sources.of(csv).format(FileFormat.CSV).build();
    assertThat(Sources.run(source).lines())
        .extracting(Line::reason)
        .containsExactly("broken UTF-8 at column 2", "broken UTF-8 at column 3", "");

    FormatLimits limits = new FormatLimits(40, 10, 4, 5);
    String text =
        "a,b\n"
            + "x".repeat(10)
            + ",1\n"
            + "x".repeat(11)
            + ",1\n"
            + ",".repeat(41)
            + "\n"
            + "\"\n\n\n\n\",1\n"
            + "x,\""
            + "\n".repeat(50)
            + "y,2\n"
            + "z".repeat(1_000_000)
            + "\nlast,1";
    List<Line> lines =
        Sources.run(Sources.of(text).format(FileFormat.CSV).limits(limits).build()).lines();
    assertThat(lines)
        .extracting(Line::reason)
        .containsExactly(
            "",
            "a cell is longer than 10 bytes at column 1",
            "the line is longer than 40 bytes",
            "",
            "the record is longer than 40 bytes, or a quote is not closed",
            "",
            "the line is longer than 40 bytes",
            "");
    assertThat(lines)
        .extracting(Line::sequence)
        .containsExactly(2L, 3L, 4L, 5L, 10L, 60L, 61L, 62L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``          | is empty: a CSV file begins with a header row
          a,b         | has no column 'id': its columns are a, b; the separator is ','; if its first row is a record, write header: absent
          id,,b       | names a column ''
          id,a,id     | names 'id' twice
          id,"a       | cannot be read: it is too long, or a quote is not closed
          id,a"b      | cannot be read: a quote in a cell
          forebay:x,id | names a column 'forebay:x'
          """)
  void refuses_the_file_when_its_header_is_wrong(String header, String message) {
    assertThatThrownBy(() ->
            Sources.of(header).format(FileFormat.CSV).fields(Schema.of(FIELDS.field("id"))).build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refuses_one_column_that_seems_to_be_several(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.csv"), "time;temp\n1;2\n");
    assertThatThrownBy(() -> FileSource.builder(file.toString()).build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has one column only, 'time;temp'")
        .hasMessageContaining("write separator: \";\"");
    assertThat(schema(FileSource.builder(file.toString()).separator(';')))
        .isEqualTo("[time: int64, temp: int64]");
    Path one = Files.writeString(folder.resolve("one.csv"), "temp\n1\n");
    assertThat(schema(FileSource.builder(one.toString()))).isEqualTo("[temp: int64]");
  }

  @Test
  void separates_by_tabs_when_the_file_ends_in_tsv(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.TSV"), "time\ttemp\n1\t2\n");
    assertThat(schema(FileSource.builder(file.toString()))).isEqualTo("[time: int64, temp: int64]");
  }

  private static String schema(FileSource.Builder builder) throws IOException {
    try (FileSource source = builder.build()) {
      return source.schema().fields().toString();
    }
  }
}
