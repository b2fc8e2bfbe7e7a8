package io.forebay.cli.explain;

import io.forebay.observe.Format;
import java.util.Locale;

/** Figures in sentences. */
final class Words {
  private Words() {}

  /** {@code 2.1 times}. */
  static String times(double factor) {
    return factor(factor) + " times";
  }

  /** {@code 2.1}, {@code 12}. */
  static String factor(double factor) {
    return String.format(Locale.ROOT, factor < 9.95 ? "%.1f" : "%,.0f", factor);
  }

  /** {@code 2.13}. */
  static String precise(double factor) {
    return String.format(Locale.ROOT, "%.2f", factor);
  }

  /** {@code 4.1 M}, {@code 12 thousand}, {@code 83}. */
  static String rate(double perSecond) {
    if (perSecond >= 1e6) {
      return factor(perSecond / 1e6) + " M";
    }
    if (perSecond >= 1e4) {
      return factor(perSecond / 1e3) + " thousand";
    }
    return perSecond >= 100 ? Format.count(Math.round(perSecond)) : factor(perSecond);
  }

  static String share(double share) {
    return Format.percent(share);
  }

  /** A number of records that may be beyond all bounds. */
  static String rows(double rows) {
    return rows >= 1e9 ? "more than a billion" : Format.count(Math.round(rows));
  }
}
