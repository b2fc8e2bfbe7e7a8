package io.forebay;

/** How the rows that a function returns relate to the rows that it was given. */
public enum RowShape {
  /** One row out for each row in, in the same order. */
  SAME,
  /** Some rows are left out with {@link BatchWriter#filter}. */
  FEWER,
  /** Any number of rows for each row in, made with {@link BatchWriter#emit}. */
  ANY
}
