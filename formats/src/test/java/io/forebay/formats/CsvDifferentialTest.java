package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.csv.CsvCells;
import io.forebay.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CsvDifferentialTest {
  private static final long SEED = Seed.of(20250103);

  /** Rows that fastcsv accepts strictly we accept, with the same cells; seeds make them odd. */
  @Test
  void cuts_the_same_cells_as_fastcsv_when_files_are_random() {
    SplittableRandom random = new SplittableRandom(SEED);
    String[] pieces = {
      "a",
      "b",
      "é",
      "温",
      "\"",
      "\"\"",
      ",",
      ",",
      ";",
      "\n",
      "\r\n",
      "x y",
      "\"q\"",
      "\"q,\n\"",
      "1",
    };
    int accepted = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      List<List<String>> ours = ours(text.toString());
      if (ours == null) {
        continue;
      }
      List<List<String>> theirs = fastcsv(text.toString());
      accepted++;
      if (!theirs.equals(ours)) {
        assertThat(theirs).as(text.toString()).isEqualTo(ours);
      }
    }
    assertThat(accepted).isGreaterThan(50_000);
  }

  /** All cells, or null where a record cannot be cut. */
  private static List<List<String>> ours(String text) {
    byte[] utf8 = (text + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOf(utf8, utf8.length + Words.PADDING);
    CsvCells cells = new CsvCells(',', FormatLimits.DEFAULT);
    List<List<String>> rows = new ArrayList<>();
    try {
      for (int p = 0; p < utf8.length; ) {
        p = cells.cut(bytes, p, utf8.length);
        if (p == CsvCells.MORE) {
          return null;
        }
        List<String> row = cells.texts(bytes);
        if (!row.equals(List.of("")) || !cells.isNull(0)) {
          rows.add(row);
        }
      }
      return rows;
    } catch (BadRecord e) {
      return null;
    }
  }

  private static List<List<String>> fastcsv(String text) {
    List<List<String>> rows = new ArrayList<>();
    de.siegmar.fastcsv.reader.CsvReader<CsvRecord> reader =
        de.siegmar.fastcsv.reader.CsvReader.builder()
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(text + "\n");
    for (CsvRecord row : reader) {
      rows.add(IntStream.range(0, row.getFieldCount()).mapToObj(row::getField).toList());
    }
    return rows;
  }
}
