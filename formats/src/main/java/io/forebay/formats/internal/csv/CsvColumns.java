package io.forebay.formats.internal.csv;

import java.util.Arrays;

/**
 * Which field each cell of a row is. Immutable.
 *
 * @param fields the field of each cell
 * @param header the header row that says so, as it stood; empty where none did
 * @param isOther whether that is another order than the fields', or not all of them
 * @param refusal why the rows cannot be read; empty if they can
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record CsvColumns(int[] fields, byte[] header, boolean isOther, String refusal) {
  private static final byte[] NONE = {};

  /** The fields in their order, without a header. */
  public static CsvColumns inOrder(int size) {
    int[] fields = new int[size];
    Arrays.setAll(fields, i -> i);
    return new CsvColumns(fields, NONE, false, "");
  }

  /** Rows that are refused. */
  static CsvColumns refused(byte[] header, String refusal) {
    return new CsvColumns(new int[0], header, true, refusal);
  }

  /** Rows that are refused because they have no header. */
  public static CsvColumns refused(String refusal) {
    return refused(NONE, refusal);
  }

  public boolean isRefused() {
    return !refusal.isEmpty();
  }
}
