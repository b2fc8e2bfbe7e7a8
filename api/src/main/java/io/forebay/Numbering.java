package io.forebay;

import java.util.function.LongUnaryOperator;

/**
 * What the {@link Position#sequence} of a source's records counts, for people who look for one.
 *
 * @param name what is counted: {@code line}, {@code offset}; {@code sequence} where it has a
 *     meaning for the engine only
 * @param number gives the number that people know from a sequence
 */
public record Numbering(String name, LongUnaryOperator number) {
  /** Numbers that are Forebay's own. */
  public static final Numbering SEQUENCE = new Numbering("sequence", LongUnaryOperator.identity());

  /** Lines of a file, from 1. */
  public static final Numbering LINE = new Numbering("line", LongUnaryOperator.identity());
}
