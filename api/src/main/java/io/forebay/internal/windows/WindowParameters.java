package io.forebay.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What decides which record belongs to which window, and what is made of it: the parameters of
 * {@link WindowPartials}, which are a part of the pipeline's identity.
 *
 * @param accumulator the class of an {@link Accumulator}
 * @param size how long a window is
 * @param every how far apart windows begin; {@code size} is a multiple of it
 * @param by the column that tells the key; empty for one key for all
 * @param time the column that tells the time; empty for the only one with timestamps
 * @param maxLateness how long after newer records of its partition a record may come
 */
public record WindowParameters(
    String accumulator,
    Map<String, String> parameters,
    Duration size,
    Duration every,
    String by,
    String time,
    Duration maxLateness) {
  private static final Duration MOST = Duration.ofDays(3_660);
  private static final String OF_ACCUMULATOR = "accumulator.";

  public WindowParameters {
    parameters = Map.copyOf(parameters);
    atMost("size", size);
    atMost("every", every);
    atMost("maxLateness", maxLateness);
    require(size.isPositive(), "size is " + text(size) + ": use a duration above zero");
    require(every.isPositive(), "every is " + text(every) + ": use a duration above zero");
    require(
        every.compareTo(size) <= 0 && size.toNanos() % every.toNanos() == 0,
        "a size of "
            + text(size)
            + " is no multiple of every "
            + text(every)
            + ": use for every the size, or a half, a third … of it");
    require(
        size.toNanos() / every.toNanos() <= 10_000,
        "with a size of "
            + text(size)
            + " and every "
            + text(every)
            + " a record would be in more than 10000 windows: raise every");
    require(
        !maxLateness.isNegative(),
        "maxLateness is " + text(maxLateness) + ": use a duration of zero or more");
  }

  private static void atMost(String key, Duration duration) {
    require(
        duration.abs().compareTo(MOST) <= 0,
        key + " is " + duration.toDays() + " days: use " + MOST.toDays() + " days at most");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new ConfigurationException("window: " + otherwise);
    }
  }

  private static String text(Duration duration) {
    long nanos = duration.toNanos();
    return nanos % 1_000_000_000 == 0
        ? nanos / 1_000_000_000 + "s"
        : nanos % 1_000_000 == 0 ? nanos / 1_000_000 + "ms" : nanos + "ns";
  }

  /** As the parameters of a function. */
  public Map<String, String> toMap() {
    Map<String, String> map = new HashMap<>();
    parameters.forEach((key, value) -> map.put(OF_ACCUMULATOR + key, value));
    map.put("accumulator", accumulator);
    map.put("size", Long.toString(size.toNanos()));
    map.put("every", Long.toString(every.toNanos()));
    map.put("by", by);
    map.put("time", time);
    map.put("maxLateness", Long.toString(maxLateness.toNanos()));
    return map;
  }

  static WindowParameters of(Map<String, String> map) {
    Map<String, String> own = new HashMap<>();
    map.forEach((key, value) -> {
      if (key.startsWith(OF_ACCUMULATOR)) {
        own.put(key.substring(OF_ACCUMULATOR.length()), value);
      }
    });
    return new WindowParameters(
        map.getOrDefault("accumulator", ""),
        own,
        nanos(map, "size"),
        nanos(map, "every"),
        map.getOrDefault("by", ""),
        map.getOrDefault("time", ""),
        nanos(map, "maxLateness"));
  }

  private static Duration nanos(Map<String, String> map, String key) {
    return Duration.ofNanos(Long.parseLong(map.getOrDefault(key, "0")));
  }

  /** The columns and the grid for these records. */
  public WindowGrid bind(Schema input) {
    Field of = time.isEmpty() ? onlyTime(input) : input.field(time);
    require(
        of.type().isTimestamp(),
        "the column '"
            + of.name()
            + "' is "
            + of.type()
            + ", not a time: name another one as time");
    long unit = unit(of.type());
    require(
        size.toNanos() % unit == 0
            && every.toNanos() % unit == 0
            && maxLateness.toNanos() % unit == 0,
        "the column '"
            + of.name()
            + "' is "
            + of.type()
            + ", so size, every and maxLateness are whole multiples of "
            + text(Duration.ofNanos(unit)));
    if (!by.isEmpty()) {
      ColumnType key = input.field(by).type();
      require(
          key == ColumnType.STRING
              || key == ColumnType.INT64
              || key == ColumnType.INT32
              || key == ColumnType.BOOL,
          "the column '"
              + by
              + "' is "
              + key
              + ", and windows are kept by a string, a whole number or a bool: name another one as"
              + " by");
    }
    return new WindowGrid(
        input.indexOf(of.name()),
        by.isEmpty() ? WindowGrid.NO_KEY : input.indexOf(by),
        size.toNanos() / unit,
        every.toNanos() / unit,
        maxLateness.toNanos() / unit,
        unit);
  }

  private static Field onlyTime(Schema input) {
    List<Field> times = input.fields().stream().filter(each -> each.type().isTimestamp()).toList();
    require(
        times.size() == 1,
        (times.isEmpty() ? "no column tells" : "several columns tell")
            + " the time of a record: name one as time, as in time: timestamp");
    return times.getFirst();
  }

  private static long unit(ColumnType type) {
    return switch (type) {
      case TIMESTAMP_MS -> 1_000_000;
      case TIMESTAMP_US -> 1_000;
      default -> 1;
    };
  }

  /**
   * A new accumulator, told the input's columns.
   *
   * @throws ConfigurationException if there is no such class, or it is none
   */
  public Accumulator<Object> load(Schema input, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(accumulator, true, loader);
      if (!Accumulator.class.isAssignableFrom(type)) {
        throw new ConfigurationException(
            "'" + accumulator + "' is no accumulator: let it implement io.forebay.Accumulator");
      }
      @SuppressWarnings("unchecked") // Partial results go from one of its methods to another only.
      Accumulator<Object> made = (Accumulator<Object>) make(type, input);
      made.outputs(input);
      return made;
    } catch (ClassNotFoundException e) {
      throw new ConfigurationException(
          "there is no class '" + accumulator + "': look at its name and at the class path", e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigurationException refused) {
        throw refused;
      }
      throw unusable(e);
    } catch (ReflectiveOperationException e) {
      throw unusable(e);
    }
  }

  private ConfigurationException unusable(Exception cause) {
    return new ConfigurationException(
        "'"
            + accumulator
            + "' cannot be made ("
            + (cause.getCause() == null ? cause : cause.getCause())
            + "): it needs to be a public class with a public constructor that takes nothing, or"
            + " one Map<String, String>",
        cause);
  }

  private Object make(Class<?> type, Schema input) throws ReflectiveOperationException {
    Map<String, String> told = new HashMap<>(parameters);
    told.put("time", input.field(bind(input).time()).name());
    try {
      return type.getConstructor(Map.class).newInstance(told);
    } catch (NoSuchMethodException e) {
      return type.getConstructor().newInstance();
    }
  }
}
