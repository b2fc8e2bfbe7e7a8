package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.ByteStream;
import io.forebay.formats.api.FormatLimits;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * CSV files as a whole, a million lines: what was written is read, with the right lines and bytes,
 * and a second parser (fastcsv) reads the same. More: {@code -Dforebay.csvLines=…
 * -Dforebay.seed=…}.
 */
class CsvFileFuzzTest {
  private static final long SEED = Seed.of(20250104);
  private static final long LINES = Long.getLong("forebay.csvLines", 100_000);
  private static final int ROWS = 60;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void reads_what_was_written_and_what_another_parser_reads_when_files_are_random()
      throws Exception {
    RandomCsv csv = new RandomCsv(random);
    long lines = 0;
    long rows = 0;
    long files = 0;
    for (; lines < LINES; files++) {
      RandomCsv.File file = csv.file(ROWS);
      CollectingWriter out = new CollectingWriter(schema(file));
      lines += read(file, file.bytes(), out);
      rows += file.rows().size();

      assertThat(out.rejected()).as(file::text).isEmpty();
      List<List<String>> second = fastcsv(file, file.text()).orElseThrow();
      require(file, out.lines().size() == file.rows().size(), () -> out.lines().size() + " rows");
      require(file, second.size() == file.rows().size(), () -> second.size() + " rows by fastcsv");
      for (int i = 0; i < file.rows().size(); i++) {
        compare(file, file.rows().get(i), out.lines().get(i), second.get(i));
      }
    }
    System.out.printf("CsvFileFuzzTest: %d lines, %d rows, %d files%n", lines, rows, files);
  }

  /** A file with some wrong bytes: what is read without a complaint is what fastcsv reads. */
  @Test
  void reads_no_other_cells_than_another_parser_when_files_are_damaged() throws Exception {
    RandomCsv csv = new RandomCsv(random);
    byte[] wrong = "\"\"\"\",;\t\n\r\nx \u0000".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    long lines = 0;
    int same = 0;
    int refused = 0;
    while (lines < LINES / 5) {
      RandomCsv.File file = csv.file(ROWS / 4);
      int behindHeader = behindHeader(file);
      if (file.rows().isEmpty() || behindHeader >= file.bytes().length) {
        continue;
      }
      byte[] bytes = file.bytes().clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(behindHeader, bytes.length)] = wrong[random.nextInt(wrong.length)];
      }
      CollectingWriter out = new CollectingWriter(schema(file));
      lines += read(file, bytes, out);
      if (!out.rejected().isEmpty()) {
        refused++;
        continue;
      }
      RandomCsv.File damaged =
          new RandomCsv.File(file.separator(), file.header(), file.rows(), bytes, file.marked());
      if (damaged.text().contains("\n\ufeff")) {
        continue; // A byte order mark before a row is skipped, which fastcsv does not.
      }
      List<List<String>> second = fastcsv(damaged, damaged.text()).orElse(List.of());
      require(damaged, second.size() == out.lines().size(), () -> out.lines().size() + " rows");
      for (int i = 0; i < second.size(); i++) {
        Line line = out.lines().get(i);
        require(damaged, texts(file, line).equals(second.get(i)), () -> "read as " + line);
      }
      same++;
    }
    System.out.printf("CsvFileFuzzTest: %d files read alike, %d refused%n", same, refused);
    assertThat(same).isPositive();
    assertThat(refused).isPositive();
  }

  private static int behindHeader(RandomCsv.File file) {
    // Names hold no newline.
    int at = 0;
    while (at < file.bytes().length && file.bytes()[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private static Schema schema(RandomCsv.File file) {
    return Schema.of(
        file.header().stream().map(name -> Field.nullable(name, ColumnType.STRING)).toList());
  }

  /** Reads in pieces of random sizes; returns how many lines there were. */
  private long read(RandomCsv.File file, byte[] bytes, CollectingWriter out)
      throws IOException, InterruptedException {
    RecordReader reader = RecordReader.csv(schema(file), file.separator(), FormatLimits.DEFAULT);
    int piece = 1 << random.nextInt(1, 14);
    ByteStream stream =
        new ByteStream() {
          private int place;

          @Override
          public int read(byte[] into, int at, int length) {
            if (place == bytes.length) {
              return -1;
            }
            int count = Math.min(Math.min(length, piece), bytes.length - place);
            System.arraycopy(bytes, place, into, at, count);
            place += count;
            return count;
          }
        };
    return reader.read("random.csv", stream, 0, out);
  }

  private static void compare(
      RandomCsv.File file, RandomCsv.Row row, Line line, List<String> second) {
    for (int i = 0; i < file.header().size(); i++) {
      Optional<String> cell = row.cells().get(i);
      Object read = line.values().get(file.header().get(i));
      require(file, cell.equals(Optional.ofNullable(read)), () -> row + " was read as " + line);
      require(file, cell.orElse("").equals(second.get(i)), () -> row + " by fastcsv: " + second);
    }
    require(file, line.sequence() == row.line(), () -> row + " at line " + line.sequence());
    require(file, line.offset() == row.end(), () -> row + " ends at " + line.offset());
  }

  private static List<String> texts(RandomCsv.File file, Line line) {
    List<String> texts = new ArrayList<>();
    for (String name : file.header()) {
      texts.add((String) line.values().getOrDefault(name, ""));
    }
    return texts;
  }

  private static void require(RandomCsv.File file, boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(
          "seed "
              + SEED
              + ", separator '"
              + file.separator()
              + "': "
              + what.get()
              + "\n"
              + file.text());
    }
  }

  /** The rows behind the header; nothing where fastcsv refuses the file. */
  private static Optional<List<List<String>>> fastcsv(RandomCsv.File file, String text) {
    List<List<String>> rows = new ArrayList<>();
    try {
      for (CsvRecord row :
          de.siegmar.fastcsv.reader.CsvReader.builder()
              .fieldSeparator(file.separator())
              .skipEmptyLines(file.header().size() > 1)
              .ofCsvRecord(text)) {
        rows.add(row.getFields());
      }
    } catch (CsvParseException e) {
      return Optional.empty();
    }
    return Optional.of(rows.subList(1, rows.size()));
  }
}
