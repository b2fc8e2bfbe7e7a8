package io.forebay.functions.internal.conditions;

/** How a value is compared with a literal. */
enum ComparisonOperator {
  EQUAL("=") {
    @Override
    boolean holds(int comparison) {
      return comparison == 0;
    }
  },
  NOT_EQUAL("!=") {
    @Override
    boolean holds(int comparison) {
      return comparison != 0;
    }
  },
  LESS("<") {
    @Override
    boolean holds(int comparison) {
      return comparison < 0;
    }
  },
  AT_MOST("<=") {
    @Override
    boolean holds(int comparison) {
      return comparison <= 0;
    }
  },
  GREATER(">") {
    @Override
    boolean holds(int comparison) {
      return comparison > 0;
    }
  },
  AT_LEAST(">=") {
    @Override
    boolean holds(int comparison) {
      return comparison >= 0;
    }
  };

  private final String symbol;

  ComparisonOperator(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }

  /**
   * Whether it holds.
   *
   * @param comparison negative, zero or positive as the value is less, equal or greater
   */
  abstract boolean holds(int comparison);
}
