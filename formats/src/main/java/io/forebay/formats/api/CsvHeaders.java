package io.forebay.formats.api;

import org.jspecify.annotations.Nullable;

/**
 * How a source treats the header rows of its CSV messages. With {@link CsvHeaderRow#AUTO} it
 * remembers that a header has named the columns in another order than the fields: messages without
 * a header are refused from then on, because nobody knows which order theirs is. Shared by all
 * decoders of a source; thread-safe.
 */
public final class CsvHeaders {
  private final CsvHeaderRow row;
  private final boolean remembers;
  private volatile @Nullable String otherOrder;

  private CsvHeaders(CsvHeaderRow row, boolean remembers) {
    this.row = row;
    this.remembers = remembers;
  }

  /** For one source. */
  public static CsvHeaders of(CsvHeaderRow row) {
    return new CsvHeaders(row, row == CsvHeaderRow.AUTO);
  }

  /** For messages that have nothing to do with each other, such as dead letters. */
  public static CsvHeaders ofEach(CsvHeaderRow row) {
    return new CsvHeaders(row, false);
  }

  /** What is said of header rows. */
  public CsvHeaderRow row() {
    return row;
  }

  /** The same for messages that say themselves whether they have a header. */
  public CsvHeaders said(CsvHeaderRow ofMessage) {
    return ofMessage == row ? this : new CsvHeaders(ofMessage, false);
  }

  /** A header has named the columns in another order. */
  public void foundOtherOrder(String header) {
    if (remembers && otherOrder == null) {
      otherOrder = header;
    }
  }

  /** The first header of another order, if there was one. */
  public @Nullable String otherOrder() {
    return otherOrder;
  }
}
