package io.forebay.functions.internal.conditions;

/** What a condition is on a row, as in SQL: a comparison with what is missing is unknown. */
public enum Truth {
  FALSE,
  UNKNOWN,
  TRUE;

  static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }

  Truth not() {
    return this == UNKNOWN ? UNKNOWN : of(this == FALSE);
  }
}
