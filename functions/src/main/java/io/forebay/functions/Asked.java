package io.forebay.functions;

import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statistic that is asked for, as it is written in pipeline files. */
sealed interface Asked {
  /** The percentile that has a name of its own. */
  String MEDIAN = "median";

  /** Between p0 and p100, with three places at most. */
  Pattern PERCENTILE = Pattern.compile("p([1-9]?[0-9])(?:_([0-9]{0,2}[1-9]))?");

  /** The name of its column. */
  String text();

  /** Whether it is a number of values. */
  boolean counts();

  /** Its column. */
  default Field field() {
    return counts()
        ? Field.of(text(), ColumnType.INT64)
        : Field.nullable(text(), ColumnType.FLOAT64);
  }

  /** One that has a name. */
  record Named(Statistics.Statistic statistic) implements Asked {
    @Override
    public String text() {
      return statistic.text();
    }

    @Override
    public boolean counts() {
      return statistic.counts();
    }
  }

  /**
   * What {@code part} of {@code whole} of the values are below; between two values on the line from
   * one to the other, as in numpy and as number 7 of Hyndman and Fan, 1996.
   */
  record Percentile(String text, long part, long whole) implements Asked {
    @Override
    public boolean counts() {
      return false;
    }
  }

  /** The statistic of that name. */
  static Optional<Asked> parse(String name) {
    if (name.equals(MEDIAN)) {
      return Optional.of(new Percentile(MEDIAN, 1, 2));
    }
    Matcher percentile = PERCENTILE.matcher(name);
    if (percentile.matches()) {
      String places = percentile.group(2) == null ? "" : percentile.group(2);
      long part = Long.parseLong(percentile.group(1) + places);
      long whole = Math.powExact(10L, 2 + places.length());
      return part == 0 ? Optional.empty() : Optional.of(new Percentile(name, part, whole));
    }
    return Arrays.stream(Statistics.Statistic.values())
        .filter(each -> each.text().equals(name))
        .findFirst()
        .map(Named::new);
  }
}
