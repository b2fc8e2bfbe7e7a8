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
import io.forebay.functions.internal.sketches.DistinctSketch;
import io.forebay.functions.internal.sketches.QuantileSketch;
import io.forebay.functions.internal.sketches.ValueHashes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of a column over windows. Sums are kept without rounding and each result is rounded
 * once, to the nearest double: so it does not depend on the order of the records, their division
 * into batches, or the number of workers, and nothing cancels.
 *
 * <p>Parameters: {@code of}, the column (unless told, {@code value}); {@code statistics}, names of
 * {@link Statistic}, {@code median}, and percentiles such as {@code p95} and {@code p99_9}, with
 * commas between; {@code time}, the column that tells the time.
 *
 * <p>A record without a value counts for none of them. NaN and infinite values go to dead letter.
 */
public final class Statistics implements Accumulator<Gathered> {
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
    SLOPE,
    /** How many different values there are, also of texts and bools; estimated beyond 2047. */
    DISTINCT;

    /** As it is written in pipeline files, and the name of its column. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is a number of values, so that these need not be numbers. */
    boolean counts() {
      return this == COUNT || this == DISTINCT;
    }
  }

  private final String of;
  private final String time;
  private final List<Asked> asked;
  private final Moments.Needs needs;
  private final boolean quantiles;
  private final boolean distinct;
  private Ratio unitsOfASecond = Ratio.of(1_000);
  private int valueIndex;
  private int timeIndex;
  private @Nullable Column values;
  private @Nullable Int64Column times;
  private @Nullable ValueHashes hashes;

  /** With the parameters that the class names. */
  public Statistics(Map<String, String> parameters) {
    of = parameters.getOrDefault("of", "value");
    time = parameters.getOrDefault("time", "timestamp");
    asked = parse(parameters.getOrDefault("statistics", "count,mean,sd,min,max"));
    boolean slope = asks(Statistic.SLOPE);
    boolean ofSquares =
        asks(Statistic.SD)
            || asks(Statistic.SD_POPULATION)
            || asks(Statistic.VARIANCE)
            || asks(Statistic.VARIANCE_POPULATION);
    needs =
        new Moments.Needs(
            slope || ofSquares || asks(Statistic.SUM) || asks(Statistic.MEAN), ofSquares, slope);
    quantiles = asked.stream().anyMatch(Asked.Percentile.class::isInstance);
    distinct = asks(Statistic.DISTINCT);
  }

  private boolean asks(Statistic statistic) {
    return asked.contains(new Asked.Named(statistic));
  }

  /** The names that there are, in order; there are percentiles besides. */
  public static List<String> names() {
    return Stream.concat(
            Arrays.stream(Statistic.values()).map(Statistic::text), Stream.of(Asked.MEDIAN))
        .toList();
  }

  /** Whether that is one of {@link #names}, or a percentile. */
  public static boolean has(String name) {
    return Asked.parse(name).isPresent();
  }

  /** All that can be asked for, as a sentence names it. */
  public static String all() {
    return String.join(", ", names()) + ", and percentiles such as p95 or p99_9";
  }

  private static List<Asked> parse(String names) {
    List<Asked> parsed = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      String trimmed = name.strip();
      parsed.add(
          Asked.parse(trimmed)
              .orElseThrow(() ->
                  new ConfigurationException(
                      "there is no statistic '" + trimmed + "': the statistics are " + all())));
    }
    if (new HashSet<>(parsed).size() < parsed.size()) {
      throw new ConfigurationException(
          "a statistic is named twice in '" + names + "': remove one of them");
    }
    return List.copyOf(parsed);
  }

  @Override
  public Schema outputs(Schema input) {
    checkValue(input.field(of).type());
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
    return Schema.of(asked.stream().map(Asked::field).toList());
  }

  private void checkValue(ColumnType type) {
    if (type.isNumber()) {
      return;
    }
    boolean counted = ValueHashes.has(type);
    if (!counted || !asked.stream().allMatch(Asked::counts)) {
      throw new ConfigurationException(
          "the column '"
              + of
              + "' is "
              + type
              + ", and "
              + (counted ? "statistics other than count and distinct" : "statistics")
              + " are of numbers: name another one as of");
    }
  }

  @Override
  public Gathered init() {
    return new Gathered(
        new Moments(),
        quantiles ? new QuantileSketch() : null,
        distinct ? new DistinctSketch() : null);
  }

  @Override
  public void begin(Batch batch) {
    values = batch.column(valueIndex);
    times = (Int64Column) batch.column(timeIndex);
    hashes = distinct ? new ValueHashes(values) : null;
  }

  @Override
  public void add(Gathered partial, int row) throws RecordRejectedException {
    if (values == null || times == null) {
      throw new IllegalStateException("begin() is called before add()");
    }
    if (values.isNull(row)) {
      return;
    }
    // What is no number is counted only.
    double value = values instanceof NumberColumn numbers ? numbers.asDouble(row) : 0;
    if (!Double.isFinite(value)) {
      throw new RecordRejectedException(
          "'" + of + "' is " + value + ", and statistics are of finite numbers");
    }
    double oneZero = value == 0 ? 0.0 : value; // Not two.
    partial.moments().add(oneZero, times.get(row), needs);
    if (partial.quantiles() != null) {
      partial.quantiles().add(oneZero);
    }
    if (partial.distinct() != null && hashes != null) {
      partial.distinct().add(hashes.get(row));
    }
  }

  @Override
  public void merge(Gathered into, Gathered other) {
    into.merge(other);
  }

  @Override
  public void result(Gathered partial, Row row) {
    Moments moments = partial.moments();
    for (int i = 0; i < asked.size(); i++) {
      if (asked.get(i) instanceof Asked.Named(Statistic statistic) && statistic.counts()) {
        row.setLong(i, statistic == Statistic.COUNT ? moments.count : partial.different());
      } else {
        double value = moments.count == 0 ? Double.NaN : value(partial, asked.get(i));
        if (Double.isFinite(value)) { // Otherwise there is none, or no double is so large.
          row.setDouble(i, value);
        }
      }
    }
  }

  private double value(Gathered partial, Asked asked) {
    return switch (asked) {
      case Asked.Percentile percentile -> partial.at(percentile);
      case Asked.Named(Statistic statistic) -> value(partial.moments(), statistic);
    };
  }

  private double value(Moments of, Statistic statistic) {
    return switch (statistic) {
      case COUNT, DISTINCT -> throw new IllegalStateException(statistic + " is no double");
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
  public void write(Gathered partial, DataOutput out) throws IOException {
    partial.write(out);
  }

  @Override
  public Gathered read(DataInput in) throws IOException {
    return new Gathered(
        Moments.read(in),
        quantiles ? QuantileSketch.read(in) : null,
        distinct ? DistinctSketch.read(in) : null);
  }
}
