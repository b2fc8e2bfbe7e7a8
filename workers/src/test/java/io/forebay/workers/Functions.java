package io.forebay.workers;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int64Column;
import io.forebay.errors.RecordRejectedException;
import io.forebay.workers.internal.process.WorkerMain;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Functions that behave and functions that do not, for the tests of pools. */
public final class Functions {
  private Functions() {}

  /** The lecture's computation without the rounding. */
  public static final class Feature implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("feature", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      Float64Column value = in.float64("value");
      Float64Writer feature = out.float64("feature");
      for (int row = 0, rows = in.rows(); row < rows; row++) {
        double v = value.get(row);
        double x = (v - 20) / 60;
        feature.set(row, Math.sqrt(Math.abs(x)) * Math.log(Math.abs(v) + 1));
      }
    }
  }

  /** Gets ready when it is told its input, as a function with a model does. */
  public static final class Prepared implements BatchFunction {
    private final Feature feature = new Feature();
    private boolean ready;

    @Override
    public Schema outputs(Schema input) {
      ready = input.has("value");
      return feature.outputs(input);
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      if (!ready) {
        throw new IllegalStateException("not told the input");
      }
      feature.apply(in, out);
    }
  }

  public static double feature(double v) {
    return Math.sqrt(Math.abs((v - 20) / 60)) * Math.log(Math.abs(v) + 1);
  }

  public record Reading(String sensorId, long id, double value) {}

  public record Result(double feature) {}

  public record Copy(String copy, Long copied) {}

  /** The same, record by record. */
  public static final class FeatureOfRecord implements RecordFunction<Reading, Result> {
    @Override
    public Result apply(Reading in) {
      return new Result(feature(in.value()));
    }
  }

  /** Rejects and throws for some values, over columns. */
  public static final class Picky implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(
          Field.of("twice", ColumnType.FLOAT64), Field.nullable("text", ColumnType.STRING));
    }

    @Override
    public RowShape rowShape() {
      return RowShape.FEWER;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        double value = in.float64("value").get(row);
        if (value == -1) {
          throw new IllegalArgumentException("value is -1");
        }
        if (value == -2) {
          out.reject(row, "value is -2");
        } else if (value == -3) {
          out.filter(row);
        } else {
          out.float64("twice").set(row, 2 * value);
          out.string("text").set(row, "v" + value);
        }
      }
    }
  }

  /** Rejects and throws for some values, over records. */
  public static final class PickyRecords implements RecordFunction<Reading, Copy> {
    @Override
    public Copy apply(Reading in) throws RecordRejectedException {
      if (in.value() == -1) {
        throw new IllegalArgumentException("value is -1");
      }
      if (in.value() == -2) {
        throw new RecordRejectedException("value is -2");
      }
      return new Copy(in.value() == -4 ? null : in.sensorId(), in.id());
    }
  }

  /** As many records as the value says. */
  public static final class Repeat implements RecordExpander<Reading, Result> {
    @Override
    public void apply(Reading in, Consumer<? super Result> out) {
      for (int i = 0; i < in.value(); i++) {
        out.accept(new Result(i));
      }
      if (in.value() == 7) {
        throw new IllegalStateException("seven");
      }
    }
  }

  /** More text than a slot holds. */
  public static final class Verbose implements RecordFunction<Reading, Copy> {
    @Override
    public Copy apply(Reading in) {
      return new Copy("x".repeat((int) in.value()), 1L);
    }
  }

  /** Does to its process what the value says; by the row, or over all rows at once. */
  @SuppressWarnings("restricted") // that is the point
  private static void act(double value) throws Exception {
    switch ((int) value) {
      case -10 -> System.exit(7);
      case -11 -> Runtime.getRuntime().halt(9);
      case -12 -> {
        byte[][] hoard = new byte[1 << 20][];
        for (int i = 0; i < hoard.length; i++) {
          hoard[i] = new byte[1 << 20];
        }
      }
      case -13 -> MemorySegment.ofAddress(8).reinterpret(8).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      case -14 -> {
        while (true) {
          Thread.onSpinWait();
        }
      }
      case -15 -> Thread.sleep(1_000_000);
      case -16 -> {
        for (int i = 0; i < 100_000; i++) {
          System.out.println("line " + i + " " + "x".repeat(88));
        }
      }
      case -17 -> System.err.print("half a line without an end");
      case -18 -> new ProcessBuilder("sleep", "300").inheritIO().start();
      case -19 -> Thread.sleep(20);
      default -> {}
    }
  }

  public static final class Acts implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("copied", ColumnType.INT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) throws Exception {
      for (int row = 0; row < in.rows(); row++) {
        act(in.float64("value").get(row));
        out.int64("copied").set(row, in.int64("id").get(row));
      }
    }
  }

  public record Copied(long copied) {}

  public static final class ActsOnRecords implements RecordFunction<Reading, Copied> {
    @Override
    public Copied apply(Reading in) throws Exception {
      act(in.value());
      return new Copied(in.id());
    }
  }

  /** Copies ids, slowly: so many microseconds of computing a record. */
  public static final class Slow implements BatchFunction {
    private final long nanos;

    public Slow(Map<String, String> parameters) {
      nanos = 1000 * Long.parseLong(parameters.get("micros"));
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("copied", ColumnType.INT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      Int64Column id = in.int64("id");
      for (int row = 0; row < in.rows(); row++) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        out.int64("copied").set(row, id.get(row));
      }
    }
  }

  /** Cannot be made in a worker, only in the engine. */
  public static final class DiesAtStart implements BatchFunction {
    public DiesAtStart() throws IOException {
      if (System.getProperty("java.class.path").isEmpty()
          || ProcessHandle.current().info().arguments().isEmpty()
          || java.util.Arrays.stream(ProcessHandle.current().info().arguments().orElseThrow())
              .anyMatch(WorkerMain.class.getName()::equals)) {
        System.out.println("no licence");
        Runtime.getRuntime().halt(5);
      }
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of();
    }

    @Override
    public void apply(Batch in, BatchWriter out) {}
  }

  /** Writes over memory that it was not given, as native code might. */
  @SuppressWarnings("restricted") // that is the point
  public static final class Vandal implements BatchFunction {
    private final String what;

    public Vandal(Map<String, String> parameters) {
      what = parameters.get("what");
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("copied", ColumnType.INT64), Field.of("text", ColumnType.STRING));
    }

    @Override
    public void apply(Batch in, BatchWriter out) throws Exception {
      for (int row = 0; row < in.rows(); row++) {
        if (in.float64("value").get(row) == -20) {
          if (what.equals("text that is not UTF-8")) {
            out.string("text").set(row, MemorySegment.ofArray(new byte[] {(byte) 0xff}));
          } else {
            vandalize();
          }
        }
        out.int64("copied").set(row, in.int64("id").get(row));
      }
    }

    private void vandalize() throws Exception {
      MemorySegment area = mapping();
      switch (what) {
        case "head beyond tail" -> area.set(ValueLayout.JAVA_LONG, ringOfThis(area) + 128, 99);
        case "head before its time" -> area.set(ValueLayout.JAVA_LONG, ringOfThis(area) + 128, 1);
        default -> throw new IllegalArgumentException(what);
      }
      Thread.sleep(300);
    }

    /** The ring in work: the one of several whose begun is ahead of its head. */
    private static long ringOfThis(MemorySegment area) {
      for (long at = 0; ; at += 64) {
        if (area.get(ValueLayout.JAVA_INT, at) == Ring.MAGIC
            && area.get(ValueLayout.JAVA_LONG, at + 136)
                > area.get(ValueLayout.JAVA_LONG, at + 128)) {
          return at;
        }
      }
    }

    private static MemorySegment mapping() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        if (line.contains("memfd:forebay")) {
          int dash = line.indexOf('-');
          long from = Long.parseLong(line, 0, dash, 16);
          long to = Long.parseLong(line, dash + 1, line.indexOf(' '), 16);
          return MemorySegment.ofAddress(from).reinterpret(to - from);
        }
      }
      throw new IOException("no shared memory");
    }
  }
}
