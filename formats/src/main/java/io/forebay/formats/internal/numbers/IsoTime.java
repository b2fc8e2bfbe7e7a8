package io.forebay.formats.internal.numbers;

import io.forebay.formats.internal.bytes.BadRecord;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Reads what ISO 8601 allows for a moment, beyond the usual form that {@link Timestamps} reads
 * fast: date and time each extended or basic, minutes and seconds left out, a decimal comma, {@code
 * 24:00}, offsets of hours alone or without a colon, and small letters as in RFC 3339. Not the
 * dates by week or by day of the year, and no leap seconds: a count of seconds since 1970 has no
 * number for them. Used for one text.
 */
final class IsoTime {
  private static final int NANOS_DIGITS = 9;
  private static final int MOST_OFFSET_SECONDS = 18 * 3600;

  private final byte[] text;
  private final int from;
  private final int to;
  private int at;

  private int hour;
  private int minute;
  private int second;
  private int nanos;
  private boolean finer;

  private IsoTime(byte[] text, int from, int length) {
    this.text = text;
    this.from = from;
    this.to = from + length;
    this.at = from;
  }

  /**
   * A moment.
   *
   * @param second since 1970
   * @param finer whether there are digits behind the nanoseconds that are not 0
   */
  record Moment(long second, int nanos, boolean finer) {}

  /**
   * Reads a text.
   *
   * @throws DateTimeException with a short reason
   */
  static Moment parse(byte[] text, int from, int length) {
    return new IsoTime(text, from, length).moment();
  }

  private Moment moment() {
    long day = date();
    if (at == to || (text[at] | 0x20) != 't') {
      throw wrong();
    }
    at++;
    time();
    int offset = offset();
    if (at != to) {
      throw wrong();
    }
    if (second == 60) {
      throw new DateTimeException(
          found()
              + " is a leap second, for which a timestamp has no number: send the second"
              + " before or behind it");
    }
    boolean midnight = hour == 24 && minute + second + nanos == 0 && !finer;
    if ((hour > 23 && !midnight) || minute > 59 || second > 59) {
      throw new DateTimeException(found() + " is no time of a day");
    }
    return new Moment(((day * 24 + hour) * 60 + minute) * 60 + second - offset, nanos, finer);
  }

  /** Days since 1970. */
  private long date() {
    if (at < to && (text[at] == '+' || text[at] == '-')) {
      throw new DateTimeException(
          "the time " + found() + " is out of range: years have four digits, 0001 to 9999");
    }
    int year = digits(4);
    boolean extended = at < to && text[at] == '-';
    at += extended ? 1 : 0;
    int month = digits(2);
    if (extended) {
      if (at == to || text[at] != '-') {
        throw wrong();
      }
      at++;
    }
    int day = digits(2);
    try {
      return LocalDate.of(year, month, day).toEpochDay();
    } catch (DateTimeException e) {
      throw new DateTimeException(found() + " is no day of the calendar", e);
    }
  }

  private void time() {
    hour = digits(2);
    boolean extended = at < to && text[at] == ':';
    boolean minutes = extended || isDigit();
    if (minutes) {
      at += extended ? 1 : 0;
      minute = digits(2);
    }
    if (minutes && at < to && (extended ? text[at] == ':' : isDigit())) {
      at += extended ? 1 : 0;
      second = digits(2);
      fraction();
    } else if (at < to && (text[at] == '.' || text[at] == ',')) {
      throw new DateTimeException(
          "the time " + found() + " has a fraction of something else than seconds: write it out");
    }
  }

  private void fraction() {
    if (at == to || (text[at] != '.' && text[at] != ',')) {
      return;
    }
    int first = ++at;
    for (; isDigit(); at++) {
      int digit = text[at] - '0';
      if (at - first < NANOS_DIGITS) {
        nanos = nanos * 10 + digit;
      } else {
        finer |= digit > 0;
      }
    }
    for (int i = at - first; i < NANOS_DIGITS; i++) {
      nanos *= 10;
    }
  }

  /** Seconds east of Greenwich. */
  private int offset() {
    if (at == to) {
      throw new DateTimeException(
          "the time " + found() + " has no zone: put Z or an offset such as +01:00 behind it");
    }
    byte sign = text[at++];
    if ((sign | 0x20) == 'z') {
      return 0;
    }
    if (sign != '+' && sign != '-') {
      throw wrong();
    }
    int seconds = digits(2) * 3600;
    int more = 0;
    if (at < to) {
      boolean extended = text[at] == ':';
      at += extended ? 1 : 0;
      more = digits(2);
      seconds += more * 60;
      if (extended && at < to && text[at] == ':') {
        at++;
        seconds += digits(2);
      }
    }
    if (more > 59 || seconds > MOST_OFFSET_SECONDS) {
      throw new DateTimeException(found() + " has no offset that a place on earth has");
    }
    return sign == '-' ? -seconds : seconds;
  }

  private boolean isDigit() {
    return at < to && text[at] >= '0' && text[at] <= '9';
  }

  private int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      if (!isDigit()) {
        throw wrong();
      }
      value = value * 10 + text[at++] - '0';
    }
    return value;
  }

  private String found() {
    return '"' + BadRecord.found(text, from, to) + '"';
  }

  private DateTimeException wrong() {
    return new DateTimeException(
        "expected an ISO 8601 time with Z or an offset, found "
            + found()
            + (isByWeekOrDay()
                ? ", and dates by week or by day of the year are not read: write year, month and"
                    + " day"
                : ""));
  }

  private boolean isByWeekOrDay() {
    String written = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    return written.matches("\\d{4}-?(W\\d\\d-?\\d|\\d{3})[Tt].*");
  }
}
