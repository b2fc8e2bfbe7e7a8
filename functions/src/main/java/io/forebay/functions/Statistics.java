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
import io.forebay.errors.RecordRejectedException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of a column over windows. Sums are kept without rounding and each result is rounded
 * once, to the nearest double: so it does not depend on the order of the records, their division
 * into batches, or the number of workers, and nothing cancels.
 *
 * <p>Parameters: {@code of}, the column (unless told, {@code value}); {@code statistics}, names of
 * {@link Statistic} with commas between; {@code time}, the column that tells the time.
 *
 * <p>A record without a value counts for none of them. NaN and infinite values go to dead letter.
 */
public final class Statistics implements Accumulator<Moments> {
  /** What can be asked for. */
  public enum Statistic {
    /** How many values there are. */
    COUNT,
    /** Their sum. */
    SUM,
    /** Their arithmetic mean. */
    MEAN,
    /** The standard deviation of a sample: the root of Σ(v - mean)² / (n - 1). */
    SD,
    /** The standard deviation of all there are: the root of Σ(v - mean)² / n. */
    SD_POPULATION,
    /** The square of {@link #SD}. */
    VARIANCE,
    /** The square of {@link #SD_POPULATION}. */
    VARIANCE_POPULATION,
    /** The least. */
    MIN,
    /** The greatest. */
    MAX,
    /** The greatest minus the least. */
    RANGE,
    /** The value with the earliest time; the least of several at that time. */
    FIRST,
    /** The value with the latest time; the greatest of several at that time. */
    LAST,
    /** How much the line of least squares through the values rises in a second. */
    SLOPE;

    /** As it is written in pipeline files, and the name of its column. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    private Field field() {
      return this == COUNT
          ? Field.of(text(), ColumnType.INT64)
          : Field.nullable(text(), ColumnType.FLOAT64);
    }
  }

  private final String of;
  private final String time;
  private final List<Statistic> asked;
  private final Moments.Needs needs;
  private Ratio unitsOfASecond = Ratio.of(1_000);
  private int valueIndex;
  private int timeIndex;
  private @Nullable NumberColumn values;
  private @Nullable Int64Column times;

  /** With the parameters that the class names. */
  public Statistics(Map<String, String> parameters) {
    of = parameters.getOrDefault("of", "value");
    time = parameters.getOrDefault("time", "timestamp");
    asked = parse(parameters.getOrDefault("statistics", "count,mean,sd,min,max"));
    Set<Statistic> squares =
        Set.of(
            Statistic.SD,
            Statistic.SD_POPULATION,
            Statistic.VARIANCE,
            Statistic.VARIANCE_POPULATION);
    boolean slope = asked.contains(Statistic.SLOPE);
    boolean ofSquares = asked.stream().anyMatch(squares::contains);
    needs =
        new Moments.Needs(
            slope || ofSquares || asked.contains(Statistic.SUM) || asked.contains(Statistic.MEAN),
            ofSquares,
            slope);
  }

  /** The names that there are, in order. */
  public static List<String> names() {
    return Arrays.stream(Statistic.values()).map(Statistic::text).toList();
  }

  private static List<Statistic> parse(String names) {
    List<Statistic> parsed = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      String trimmed = name.strip();
      parsed.add(
          Arrays.stream(Statistic.values())
              .filter(each -> each.text().equals(trimmed))
              .findFirst()
              .orElseThrow(() ->
                  new ConfigurationException(
                      "there is no statistic '"
                          + trimmed
                          + "': the statistics are "
                          + String.join(", ", names()))));
    }
    if (new HashSet<>(parsed).size() < parsed.size()) {
      throw new ConfigurationException(
          "a statistic is named twice in '" + names + "': remove one of them");
    }
    return List.copyOf(parsed);
  }

  @Override
  public Schema outputs(Schema input) {
    Field value = input.field(of);
    if (!value.type().isNumber()) {
      throw new ConfigurationException(
          "the column '"
              + of
              + "' is "
              + value.type()
              + ", and statistics are of numbers: name another one as of");
    }
    Field at = input.field(time);
    if (!at.type().isTimestamp()) {
      throw new ConfigurationException(
          "the column '"
              + at.name()
              + "' is "
              + at.type()
              + ", not a time: name another one as time");
    }
    valueIndex = input.indexOf(of);
    timeIndex = input.indexOf(at.name());
    unitsOfASecond =
        Ratio.of(
            switch (at.type()) {
              case TIMESTAMP_MS -> 1_000;
              case TIMESTAMP_US -> 1_000_000;
              default -> 1_000_000_000;
            });
    return Schema.of(asked.stream().map(Statistic::field).collect(Collectors.toList()));
  }

  @Override
  public Moments init() {
    return new Moments();
  }

  @Override
  public void begin(Batch batch) {
    values = (NumberColumn) batch.column(valueIndex);
    times = (Int64Column) batch.column(timeIndex);
  }

  @Override
  public void add(Moments partial, int row) throws RecordRejectedException {
    if (values == null || times == null) {
      throw new IllegalStateException("begin() is called before add()");
    }
    if (((Column) values).isNull(row)) {
      return;
    }
    double value = values.asDouble(row);
    if (!Double.isFinite(value)) {
      throw new RecordRejectedException(
          "'" + of + "' is " + value + ", and statistics are of finite numbers");
    }
    partial.add(value == 0 ? 0.0 : value, times.get(row), needs); // One zero, not two.
  }

  @Override
  public void merge(Moments into, Moments other) {
    into.merge(other);
  }

  @Override
  public void result(Moments of, Row row) {
    for (int i = 0; i < asked.size(); i++) {
      if (asked.get(i) == Statistic.COUNT) {
        row.setLong(i, of.count);
      } else {
        double value = of.count == 0 ? Double.NaN : value(of, asked.get(i));
        if (Double.isFinite(value)) { // Otherwise there is none, or no double is so large.
          row.setDouble(i, value);
        }
      }
    }
  }

  private double value(Moments of, Statistic statistic) {
    return switch (statistic) {
      case COUNT -> of.count;
      case SUM -> of.sum().toDouble();
      case MEAN -> of.mean().toDouble();
      case SD -> of.count < 2 ? Double.NaN : of.variance(1).squareRoot();
      case SD_POPULATION -> of.variance(0).squareRoot();
      case VARIANCE -> of.count < 2 ? Double.NaN : of.variance(1).toDouble();
      case VARIANCE_POPULATION -> of.variance(0).toDouble();
      case MIN -> of.min;
      case MAX -> of.max;
      case RANGE -> of.max - of.min;
      case FIRST -> of.first;
      case LAST -> of.last;
      case SLOPE -> of.hasSlope() ? of.slope().times(unitsOfASecond).toDouble() : Double.NaN;
    };
  }

  @Override
  public void write(Moments partial, DataOutput out) throws IOException {
    partial.write(out);
  }

  @Override
  public Moments read(DataInput in) throws IOException {
    return Moments.read(in);
  }
}
