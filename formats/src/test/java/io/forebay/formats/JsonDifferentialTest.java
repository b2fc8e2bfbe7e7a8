package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.json.JsonRecords;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Our scanner against Jackson, on lines that are right, almost right and wrong. */
class JsonDifferentialTest {
  private static final int LINES = Integer.getInteger("forebay.lines", 100_000);
  private static final long SEED = Seed.of(20250101);

  @Test
  void accepts_the_same_lines_with_the_same_values_as_jackson_when_lines_are_random() {
    RandomLines lines = new RandomLines(SEED);
    CollectingWriter writer = new CollectingWriter(RandomLines.SCHEMA);
    JsonRecords records = new JsonRecords(RandomLines.SCHEMA, FormatLimits.DEFAULT, Set.of());
    int accepted = 0;
    for (int i = 0; i < LINES; i++) {
      byte[] line = lines.next();
      Optional<Jackson.Expected> expected = Jackson.read(line, RandomLines.SCHEMA);
      String reason = "";
      try {
        // What stands before and behind the line must not matter.
        byte[] buffer = new byte[3 + line.length + 1 + Words.PADDING];
        Arrays.fill(buffer, (byte) '1');
        System.arraycopy(line, 0, buffer, 3, line.length);
        buffer[3 + line.length] = '\n';
        int end = records.read(buffer, 3, writer);
        if (end != 3 + line.length) {
          throw new AssertionError("read to " + end);
        }
        writer.append(i + 1, 0);
      } catch (BadRecord e) {
        writer.clear();
        reason = e.getMessage();
      }
      if (expected.isPresent() != reason.isEmpty()) {
        throw new AssertionError(
            shown(i, line)
                + "\nJackson: "
                + (expected.isPresent() ? "accepts" : "rejects")
                + ", we: "
                + reason);
      }
      if (expected.isPresent()) {
        accepted++;
        Line read = writer.lines().removeFirst();
        if (!Map.copyOf(expected.get().values()).equals(read.values())) {
          assertThat(read.values()).as(shown(i, line)).isEqualTo(expected.get().values());
        }
        if (!expected.get().extras().isEmpty() || !read.extras().isEmpty()) {
          Map<String, List<String>> extras = Jackson.members("{" + read.extras() + "}");
          if (!extras.equals(expected.get().extras())) {
            assertThat(extras).as(shown(i, line)).isEqualTo(expected.get().extras());
          }
        }
      }
    }
    System.out.printf("%d of %d lines were records%n", accepted, LINES);
    assertThat(accepted).isBetween(LINES / 5, LINES * 4 / 5);
  }

  private static String shown(int i, byte[] line) {
    return "line " + i + ": " + new String(line, StandardCharsets.UTF_8);
  }
}
