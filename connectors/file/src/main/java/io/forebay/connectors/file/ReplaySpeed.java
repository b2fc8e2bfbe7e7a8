package io.forebay.connectors.file;

import io.forebay.errors.ConfigurationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast records are replayed by their times.
 *
 * @param factor how many seconds of the records pass in one second
 */
public record ReplaySpeed(double factor) {
  private static final Pattern TIMES = Pattern.compile("([0-9]{1,6}(?:\\.[0-9]{1,6})?)x");

  public ReplaySpeed {
    if (!(factor > 0 && factor <= 1e6)) {
      throw new ConfigurationException(
          "a replay at "
              + factor
              + " times the original speed is not possible: use up to 1000000x");
    }
  }

  /**
   * {@code original}, or a factor such as {@code 10x} or {@code 0.5x}.
   *
   * @throws ConfigurationException if it is neither
   */
  public static ReplaySpeed parse(String text) {
    if (text.equals("original")) {
      return new ReplaySpeed(1);
    }
    Matcher matcher = TIMES.matcher(text);
    if (!matcher.matches()) {
      throw new ConfigurationException(
          "'" + text + "' is no speed of replay: use original, or a factor such as 10x");
    }
    return new ReplaySpeed(Double.parseDouble(matcher.group(1)));
  }

  @Override
  public String toString() {
    return factor == 1 ? "original" : factor + "x";
  }
}
