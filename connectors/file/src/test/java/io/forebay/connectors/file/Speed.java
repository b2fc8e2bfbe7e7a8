package io.forebay.connectors.file;

import io.forebay.Batch;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.SinkContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Batches;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Prints how many lines a second of CPU time one thread reads, and how many rows it writes. Not a
 * test: {@code java -cp … io.forebay.connectors.file.Speed [rounds] [decimals]}.
 */
final class Speed {
  private static final int LINES = 1_000_000;
  private static final int BATCH = 1_000;
  private static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));
  private static final Schema RESULT =
      READING.plus(
          Schema.of(
              Field.of("normalized", ColumnType.FLOAT64), Field.of("feature", ColumnType.FLOAT64)));

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private Speed() {}

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 8;
    int decimals = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    Path directory = Files.createTempDirectory("forebay-speed");
    Path json = directory.resolve("in.jsonl");
    Path csv = directory.resolve("in.csv");
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder jsonText = new StringBuilder();
    StringBuilder csvText = new StringBuilder("sensorId,timestamp,value\n");
    for (int i = 0; i < LINES; i++) {
      String sensor = String.format(Locale.ROOT, "sensor-%03d", random.nextInt(200));
      long timestamp = 1_700_000_000_000L + i;
      double value = 20 + 60 * random.nextDouble();
      String number =
          decimals > 15
              ? Double.toString(value)
              : String.format(Locale.ROOT, "%." + decimals + "f", value);
      jsonText
          .append("{\"sensorId\":\"")
          .append(sensor)
          .append("\",\"timestamp\":")
          .append(timestamp)
          .append(",\"value\":")
          .append(number)
          .append("}\n");
      csvText.append(sensor).append(',').append(timestamp).append(',').append(number).append('\n');
    }
    Files.writeString(json, jsonText);
    Files.writeString(csv, csvText);
    List<Batch> batches = batches(random, decimals);
    System.out.printf("%d bytes a JSON line%n", jsonText.length() / LINES);
    for (int round = 0; round < rounds; round++) {
      double read = read(json);
      double readCsv = read(csv);
      double write = write(batches, directory.resolve("out.jsonl"));
      System.out.printf(
          Locale.ROOT,
          "read JSON %.2f, read CSV %.2f, write JSON %.2f million/s%n",
          read,
          readCsv,
          write);
    }
    for (String name : List.of("in.jsonl", "in.csv", "out.jsonl", "out.jsonl.progress")) {
      Files.deleteIfExists(directory.resolve(name));
    }
    Files.delete(directory);
  }

  private static List<Batch> batches(SplittableRandom random, int decimals) {
    double power = Math.pow(10, decimals);
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < 20; b++) {
      List<List<Object>> rows = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        double value = 20 + 60 * random.nextDouble();
        value = decimals > 15 ? value : Math.rint(value * power) / power;
        rows.add(
            Arrays.asList(
                String.format(Locale.ROOT, "sensor-%03d", random.nextInt(200)),
                1_700_000_000_000L + i,
                value,
                Math.rint((value - 20) / 60 * 1e4) / 1e4,
                Math.rint(Math.sqrt(value) * 1e4) / 1e4));
      }
      batches.add(Batches.of(RESULT, rows, true));
    }
    return batches;
  }

  private static double read(Path path) throws Exception {
    Counter counter = new Counter();
    long start = CPU.getCurrentThreadCpuTime();
    try (FileSource source = FileSource.builder(path.toString()).fields(READING).build()) {
      source.run(Sources.context(counter, Position.START, Set.of()));
    }
    long nanos = CPU.getCurrentThreadCpuTime() - start;
    if (counter.records != LINES || counter.sum == 0) {
      throw new AssertionError(counter.records + " records");
    }
    return LINES * 1e3 / nanos;
  }

  private static double write(List<Batch> batches, Path path) throws IOException {
    long start = CPU.getCurrentThreadCpuTime();
    long rows = 0;
    try (JsonlSink sink = JsonlSink.to(path.toString())) {
      sink.open(new SinkContext("speed", RESULT, List.of("source"), false));
      while (rows < LINES) {
        for (Batch batch : batches) {
          sink.write(batch);
          rows += batch.rows();
        }
      }
    }
    return rows * 1e3 / (CPU.getCurrentThreadCpuTime() - start);
  }

  private static final class Counter implements RecordWriter {
    long records;
    long sum;

    @Override
    public void setBool(int column, boolean value) {
      sum += column;
    }

    @Override
    public void setLong(int column, long value) {
      sum += value;
    }

    @Override
    public void setDouble(int column, double value) {
      sum += Double.doubleToRawLongBits(value);
    }

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {
      sum += utf8[from + length - 1];
    }

    @Override
    public void setString(int column, String text) {
      sum += text.length();
    }

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {
      sum += length;
    }

    @Override
    public void setDoubles(int column, double[] values, int from, int length) {
      sum += length;
    }

    @Override
    public void setNull(int column) {
      sum -= column;
    }

    @Override
    public void setExtras(byte[] utf8, int from, int length) {
      sum += length;
    }

    @Override
    public void append(long sequence, long offset) {
      records++;
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text) {
      throw new AssertionError(reason);
    }

    @Override
    public void clear() {}
  }
}
