package io.forebay.benchmarks;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * The lecture's readings: {@code sensorId}, {@code timestamp}, {@code value}; four sensors, values
 * around 40 with four decimals, the same for every run and every contestant.
 */
final class Readings {
  static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

  private Readings() {}

  static String sensor(int record) {
    return "sensor-" + record % 4;
  }

  static long timestamp(int record) {
    return FIRST_TIMESTAMP + record * 10L;
  }

  /** The values of {@code records} readings. */
  static double[] values(int records) {
    Random random = new Random(36);
    double[] values = new double[records];
    for (int record = 0; record < records; record++) {
      values[record] = Math.round((40 + 30 * random.nextGaussian()) * 1e4) / 1e4;
    }
    return values;
  }

  /** A file of JSON Lines as Python's {@code json.dumps} writes them; made once, then kept. */
  static Path jsonl(Path file, int records) throws IOException {
    if (Files.exists(file)) {
      return file;
    }
    double[] values = values(records);
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try (BufferedWriter out = Files.newBufferedWriter(unfinished, StandardCharsets.US_ASCII)) {
      for (int record = 0; record < records; record++) {
        out.write(
            String.format(
                Locale.ROOT,
                "{\"sensorId\": \"%s\", \"timestamp\": %d, \"value\": %s}%n",
                sensor(record),
                timestamp(record),
                values[record]));
      }
    }
    return Files.move(unfinished, file);
  }
}
