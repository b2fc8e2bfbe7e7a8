package io.forebay.cli.report;

import io.forebay.observe.Format;
import java.util.Locale;

/** Figures in sentences. */
public final class Figures {
  private Figures() {}

  /** {@code 2.1 times}. */
  public static String times(double factor) {
    return factor(factor) + " times";
  }

  /** {@code 2.1}, {@code 12}. */
  public static String factor(double factor) {
    return String.format(Locale.ROOT, factor < 9.95 ? "%.1f" : "%,.0f", factor);
  }

  /** {@code 2.13}. */
  public static String precise(double factor) {
    return String.format(Locale.ROOT, "%.2f", factor);
  }

  /** {@code 4.1 M}, {@code 12 thousand}, {@code 83}. */
  public static String rate(double perSecond) {
    if (perSecond >= 1e6) {
      return factor(perSecond / 1e6) + " M";
    }
    if (perSecond >= 1e4) {
      return factor(perSecond / 1e3) + " thousand";
    }
    return perSecond >= 100 ? Format.count(Math.round(perSecond)) : factor(perSecond);
  }

  /** {@code 4.1 M}, {@code 12 k}, {@code 83}: where there is little room. */
  public static String compact(double number) {
    if (number >= 1e6) {
      return whole(number / 1e6) + " M";
    }
    return number >= 1e3 ? whole(number / 1e3) + " k" : whole(number);
  }

  private static String whole(double number) {
    return number == Math.rint(number) ? Format.count(Math.round(number)) : factor(number);
  }

  /** {@code 7 % of that}, {@code 2.1 times that}. */
  public static String share(double share) {
    return share > 1 ? times(share) + " that" : Format.percent(share) + " of that";
  }

  /** A number of records that may be beyond all bounds. */
  public static String rows(double rows) {
    return rows >= 1e9 ? "more than a billion" : Format.count(Math.round(rows));
  }
}
