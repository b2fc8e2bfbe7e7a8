package io.forebay.functions;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int64Column;
import io.forebay.columns.NumberColumn;
import io.forebay.errors.ConfigurationException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of a window as arrays: {@code count}; {@code seconds}, when each came, in seconds
 * from the window's begin; and a list for each column that is collected. In the order of their
 * times; records of the same time stay in the order in which they were read. A record without a
 * value has NaN there.
 *
 * <p>Parameters: {@code columns}, with commas between; {@code time}, the column that tells the
 * time; {@code expected}, how many records a whole window has. With it there is the column {@code
 * complete}: whether there are exactly so many, all have all values, and from the window's begin to
 * its end no two neighbours are further apart than one and a half times what is usual.
 */
public final class Collect implements Accumulator<Collect.Records> {
  private static final double LONGEST_GAP = 1.5;

  private final List<String> columns;
  private final String time;
  private final int expected;
  private long unitsOfASecond = 1_000;
  private int timeIndex;
  private final int[] indexes;
  private @Nullable Int64Column times;
  private final @Nullable Column[] values;

  /** What was collected, in the order in which it came. */
  public static final class Records {
    private int count;
    private long[] times = new long[8];
    private final double[][] values;

    Records(int columns) {
      values = new double[columns][8];
    }

    private void reserve(int more) {
      if (count + more > times.length) {
        int room = Math.max(count + more, 2 * times.length);
        times = Arrays.copyOf(times, room);
        for (int i = 0; i < values.length; i++) {
          values[i] = Arrays.copyOf(values[i], room);
        }
      }
    }
  }

  /** With the parameters that the class names. */
  public Collect(Map<String, String> parameters) {
    columns = List.of(parameters.getOrDefault("columns", "value").split(","));
    time = parameters.getOrDefault("time", "timestamp");
    expected = Integer.parseInt(parameters.getOrDefault("expected", "0"));
    indexes = new int[columns.size()];
    values = new Column[columns.size()];
  }

  @Override
  public Schema outputs(Schema input) {
    if (new HashSet<>(columns).size() < columns.size()) {
      throw new ConfigurationException(
          "a column is named twice in '" + String.join(", ", columns) + "': remove one of them");
    }
    timeIndex = input.indexOf(input.field(time).name());
    unitsOfASecond =
        switch (input.field(time).type()) {
          case TIMESTAMP_MS -> 1_000;
          case TIMESTAMP_US -> 1_000_000;
          default -> 1_000_000_000;
        };
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("count", ColumnType.INT64));
    if (expected > 0) {
      fields.add(Field.of("complete", ColumnType.BOOL));
    }
    fields.add(Field.of("seconds", ColumnType.FLOAT64_LIST));
    for (int i = 0; i < indexes.length; i++) {
      Field field = input.field(columns.get(i));
      if (!field.type().isNumber()) {
        throw new ConfigurationException(
            "the column '"
                + field.name()
                + "' is "
                + field.type()
                + ", and only numbers can be collected: name other columns");
      }
      indexes[i] = input.indexOf(field.name());
      fields.add(Field.of(field.name(), ColumnType.FLOAT64_LIST));
    }
    return Schema.of(fields);
  }

  @Override
  public Records init() {
    return new Records(indexes.length);
  }

  @Override
  public void begin(Batch batch) {
    times = (Int64Column) batch.column(timeIndex);
    for (int i = 0; i < indexes.length; i++) {
      values[i] = batch.column(indexes[i]);
    }
  }

  @Override
  public void add(Records partial, int row) {
    partial.reserve(1);
    partial.times[partial.count] = bound(times).get(row);
    for (int i = 0; i < indexes.length; i++) {
      Column of = bound(values[i]);
      partial.values[i][partial.count] =
          of.isNull(row) ? Double.NaN : ((NumberColumn) of).asDouble(row);
    }
    partial.count++;
  }

  private static <T> T bound(@Nullable T column) {
    if (column == null) {
      throw new IllegalStateException("begin() is called before add()");
    }
    return column;
  }

  @Override
  public void merge(Records into, Records other) {
    into.reserve(other.count);
    System.arraycopy(other.times, 0, into.times, into.count, other.count);
    for (int i = 0; i < indexes.length; i++) {
      System.arraycopy(other.values[i], 0, into.values[i], into.count, other.count);
    }
    into.count += other.count;
  }

  @Override
  public int records(Records partial) {
    return partial.count;
  }

  @Override
  public void result(Records partial, Row row) {
    throw new UnsupportedOperationException("the result depends on the window");
  }

  @Override
  public void result(Records partial, long begin, long end, Row row) {
    int[] order = order(partial);
    double[] seconds = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      seconds[i] = (double) (partial.times[order[i]] - begin) / unitsOfASecond;
    }
    int column = 0;
    row.setLong(column++, order.length);
    if (expected > 0) {
      row.setBool(column++, isComplete(partial, order, begin, end));
    }
    row.setDoubles(column++, seconds);
    for (double[] of : partial.values) {
      double[] sorted = new double[order.length];
      for (int i = 0; i < order.length; i++) {
        sorted[i] = of[order[i]];
      }
      row.setDoubles(column++, sorted);
    }
  }

  /** By time; of the same time as they came. */
  private static int[] order(Records partial) {
    Integer[] places = new Integer[partial.count];
    boolean inOrder = true;
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
      inOrder &= i == 0 || partial.times[i - 1] <= partial.times[i];
    }
    if (!inOrder) {
      Arrays.sort(places, Comparator.comparingLong(place -> partial.times[place])); // Stable.
    }
    return Arrays.stream(places).mapToInt(Integer::intValue).toArray();
  }

  private boolean isComplete(Records partial, int[] order, long begin, long end) {
    if (order.length != expected) {
      return false;
    }
    double longest = LONGEST_GAP * (end - begin) / expected;
    long before = begin;
    for (int place : order) {
      if (partial.times[place] - before > longest) {
        return false;
      }
      before = partial.times[place];
      for (double[] of : partial.values) {
        if (Double.isNaN(of[place])) {
          return false;
        }
      }
    }
    return end - before <= longest;
  }

  @Override
  public void write(Records partial, DataOutput out) throws IOException {
    out.writeInt(partial.count);
    for (int i = 0; i < partial.count; i++) {
      out.writeLong(partial.times[i]);
    }
    for (double[] of : partial.values) {
      for (int i = 0; i < partial.count; i++) {
        out.writeDouble(of[i]);
      }
    }
  }

  @Override
  public Records read(DataInput in) throws IOException {
    int count = in.readInt();
    Records read = new Records(indexes.length);
    read.reserve(count);
    read.count = count;
    for (int i = 0; i < count; i++) {
      read.times[i] = in.readLong();
    }
    for (double[] of : read.values) {
      for (int i = 0; i < count; i++) {
        of[i] = in.readDouble();
      }
    }
    return read;
  }
}
