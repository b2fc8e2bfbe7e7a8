package io.forebay.formats.internal.numbers;

import io.forebay.columns.ColumnType;
import io.forebay.columns.TimestampRange;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;

/** Reads ISO 8601 texts with a zone ({@code Z} or an offset) as timestamps. */
public final class Timestamps {
  private static final int SECONDS_LENGTH = "2025-01-31T10:00:00".length();
  private static final int NANOS_DIGITS = 9;

  private Timestamps() {}

  /**
   * The timestamp in the unit of {@code type}.
   *
   * @throws DateTimeException with a short reason, if it is none or does not fit the type exactly
   */
  public static long parse(byte[] text, int from, int length, ColumnType type) {
    long second = fastSecond(text, from, length);
    if (second != Long.MIN_VALUE) {
      int nanos = nanos(text, from + SECONDS_LENGTH, from + length);
      if (nanos >= 0) {
        return of(second, nanos, type);
      }
    }
    IsoTime.Moment moment = IsoTime.parse(text, from, length);
    if (moment.finer()) {
      throw tooFine(type);
    }
    return of(moment.second(), moment.nanos(), type);
  }

  private static DateTimeException tooFine(ColumnType type) {
    return new DateTimeException("the time has more digits than a " + type + " holds");
  }

  private static long of(long second, int nanos, ColumnType type) {
    long perSecond =
        switch (type) {
          case TIMESTAMP_MS -> 1_000;
          case TIMESTAMP_US -> 1_000_000;
          default -> 1_000_000_000;
        };
    long unit = 1_000_000_000 / perSecond;
    if (nanos % unit != 0) {
      throw tooFine(type);
    }
    try {
      // Through the next second, so that the least representable times do not overflow on the way.
      long value =
          second >= 0
              ? Math.addExact(Math.multiplyExact(second, perSecond), nanos / unit)
              : Math.addExact(Math.multiplyExact(second + 1, perSecond), nanos / unit - perSecond);
      if (TimestampRange.contains(type, value)) {
        return value;
      }
    } catch (ArithmeticException e) {
      // Far outside.
    }
    throw new DateTimeException(
        "the time is out of the range of a " + type + " (" + TimestampRange.words(type) + ")");
  }

  /**
   * The second of {@code yyyy-mm-ddThh:mm:ss…}, or Long.MIN_VALUE where another form is written.
   */
  private static long fastSecond(byte[] text, int from, int length) {
    if (length <= SECONDS_LENGTH
        || text[from + 4] != '-'
        || text[from + 7] != '-'
        || text[from + 10] != 'T'
        || text[from + 13] != ':'
        || text[from + 16] != ':') {
      return Long.MIN_VALUE;
    }
    int century = two(text, from);
    int ofCentury = two(text, from + 2);
    int month = two(text, from + 5);
    int day = two(text, from + 8);
    int hour = two(text, from + 11);
    int minute = two(text, from + 14);
    int second = two(text, from + 17);
    if ((century | ofCentury | month | day | hour | minute | second) < 0
        || month < 1
        || month > 12
        || day < 1
        || (day > 28 && day > YearMonth.of(century * 100 + ofCentury, month).lengthOfMonth())
        || hour > 23
        || minute > 59
        || second > 59) {
      return Long.MIN_VALUE;
    }
    long days = LocalDate.of(century * 100 + ofCentury, month, day).toEpochDay();
    return ((days * 24 + hour) * 60 + minute) * 60 + second;
  }

  private static int two(byte[] text, int at) {
    int tens = text[at] - '0';
    int ones = text[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }

  /** The nanoseconds of {@code Z} or {@code .123Z}, or -1 where another form is written. */
  private static int nanos(byte[] text, int from, int to) {
    if (text[to - 1] != 'Z') {
      return -1;
    }
    if (to - from == 1) {
      return 0;
    }
    int digits = to - from - 2;
    if (text[from] != '.' || digits < 1 || digits > NANOS_DIGITS) {
      return -1;
    }
    int nanos = 0;
    for (int i = 0; i < NANOS_DIGITS; i++) {
      int digit = i < digits ? text[from + 1 + i] - '0' : 0;
      if (digit < 0 || digit > 9) {
        return -1;
      }
      nanos = nanos * 10 + digit;
    }
    return nanos;
  }
}
