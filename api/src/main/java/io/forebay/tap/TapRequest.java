package io.forebay.tap;

/**
 * What somebody wants to see.
 *
 * @param part the name of a source, stage or sink, {@code deadLetter}, or a name with its kind
 *     where parts share it: {@code stage:out}
 * @param where a condition on one column, for example {@code value>80}; empty: any record
 * @param perSecond samples a second, more than 0 and at most {@link #MOST_A_SECOND}
 */
public record TapRequest(String part, String where, double perSecond) {
  /** The highest rate. */
  public static final double MOST_A_SECOND = 1_000;
}
