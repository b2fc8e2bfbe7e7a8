package io.forebay.cli.client;

/** Shares and rates as characters. */
public final class Bars {
  private static final String LEVELS = "▁▂▃▄▅▆▇█";

  private Bars() {}

  /** Busy, then waiting for room, then idle. */
  public static String bar(double busy, double blocked, int cells) {
    int full = (int) Math.round(Math.clamp(busy, 0, 1) * cells);
    int waiting = Math.min(cells - full, (int) Math.round(Math.clamp(blocked, 0, 1) * cells));
    return "█".repeat(full) + "▒".repeat(waiting) + "░".repeat(cells - full - waiting);
  }

  /** From nothing to the highest of what is shown. */
  public static String sparkline(Iterable<Double> values) {
    double most = 0;
    for (double value : values) {
      most = Math.max(most, value);
    }
    StringBuilder line = new StringBuilder();
    for (double value : values) {
      int level = most == 0 ? 0 : (int) Math.round(value / most * (LEVELS.length() - 1));
      line.append(LEVELS.charAt(Math.clamp(level, 0, LEVELS.length() - 1)));
    }
    return line.toString();
  }
}
