package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.testkit.CollectingWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of CSV with and without a header, and those whose header changes on the way. */
class CsvFileHeaderTest {
  private static final Schema FIELDS =
      Schema.of(Field.of("id", ColumnType.INT64), Field.of("value", ColumnType.INT64));

  @TempDir Path directory;

  private static FileSource.Builder csv(String text) {
    return Sources.of(text).format(FileFormat.CSV);
  }

  private static List<String> values(CollectingWriter out) {
    return out.lines().stream()
        .map(line -> line.isRejected() ? line.reason() : line.values().toString())
        .toList();
  }

  @Test
  void reads_the_first_row_as_a_record_when_the_header_is_absent() {
    FileSource source = csv("\ufeff1,2\n3,4\n").fields(FIELDS).header(CsvHeaderRow.ABSENT).build();
    CollectingWriter out = Sources.run(source);
    assertThat(values(out)).containsExactly("{id=1, value=2}", "{id=3, value=4}");
    assertThat(out.lines().getFirst().sequence()).isEqualTo(1);
    assertThatThrownBy(() -> csv("1,2\n").header(CsvHeaderRow.ABSENT).build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("declare its fields, or leave out header: absent");
  }

  @Test
  void refuses_a_first_row_that_looks_like_a_record_when_nothing_is_declared() {
    for (String row : List.of("a,17.5\n", "2024-01-02T03:04:05Z,a\n")) {
      assertThatThrownBy(() -> csv(row + "b,1\n").build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("where the name of a column is expected")
          .hasMessageContaining("header: absent");
    }
    FileSource years = csv("id,2024\n1,2\n").header(CsvHeaderRow.PRESENT).build();
    assertThat(values(Sources.run(years))).containsExactly("{id=1, 2024=2}");
    assertThatThrownBy(() -> csv("1,2\n").fields(FIELDS).build())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("if its first row is a record, write header: absent");
  }

  @Test
  void goes_on_only_under_the_same_header_when_the_file_was_renamed_meanwhile() throws Exception {
    Path file = directory.resolve("readings.csv");
    Files.writeString(file, "id,value\n1,10\n");
    Position position;
    try (Following following = follow(file)) {
      following.polls.rest();
      position = following.position(Position.START);
      assertThat(following.ids()).containsExactly(1L);
    }
    Files.writeString(file, "2,20\n", StandardOpenOption.APPEND);
    Files.move(file, directory.resolve("readings.csv.1"));
    Files.writeString(file, "value,id\n30,3\n");
    try (Following following = follow(file, position)) {
      assertThat(following.failure())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("has changed: it was value, id and is id, value");
      assertThat(following.ids()).isEmpty();
    }
  }

  private static Following follow(Path file) {
    return follow(file, Position.START);
  }

  private static Following follow(Path file, Position resume) {
    return new Following(
        FileSource.builder(file.toString()).format(FileFormat.CSV).fields(FIELDS), resume);
  }
}
