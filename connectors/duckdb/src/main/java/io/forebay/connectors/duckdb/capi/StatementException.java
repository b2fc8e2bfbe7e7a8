package io.forebay.connectors.duckdb.capi;

import java.io.IOException;
import java.util.Set;

/** DuckDB has not done a statement. */
public final class StatementException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * {@code duckdb_error_type}: out of range, conversion, decimal, divide by zero, constraint,
   * invalid input. An index says so with the type of a constraint.
   */
  private static final Set<Integer> OF_ROWS = Set.of(1, 2, 4, 6, 18, 32);

  private final int type;

  StatementException(String message, int type) {
    super(message);
    this.type = type;
  }

  /** Whether it is about a value in a row, and others may be taken. */
  public boolean isOfRow() {
    return OF_ROWS.contains(type);
  }
}
