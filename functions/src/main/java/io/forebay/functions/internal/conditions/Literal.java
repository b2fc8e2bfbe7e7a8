package io.forebay.functions.internal.conditions;

import java.math.BigDecimal;

/** What a column is compared with. */
sealed interface Literal {
  /** As it was written. */
  String text();

  record Amount(String text, BigDecimal value) implements Literal {}

  record Text(String value) implements Literal {
    @Override
    public String text() {
      return "'" + value + "'";
    }
  }

  record Bool(boolean value) implements Literal {
    @Override
    public String text() {
      return Boolean.toString(value);
    }
  }
}
