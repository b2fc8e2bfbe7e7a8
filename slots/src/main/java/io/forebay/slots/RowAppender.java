package io.forebay.slots;

/** Appends staged rows to the columns of a slot. */
final class RowAppender {
  private final SlotSchema schema;
  private final ColumnBuffer[] columns;
  private final int first;
  private final int inputs;

  RowAppender(SlotSchema schema, ColumnBuffer[] columns) {
    this.schema = schema;
    this.columns = columns;
    this.first = schema.firstInput();
    this.inputs = schema.input().size();
  }

  /**
   * Whether there is room for the values of variable width; {@link #put} of the same row may follow
   * then.
   */
  boolean admits(StagedRow row) {
    for (int i = 0; i < inputs; i++) {
      ColumnBuffer column = columns[first + i];
      if (!row.set[i] && !column.field.nullable()) {
        throw new IllegalStateException(
            "the column '" + column.field.name() + "' is not nullable, but was not set");
      }
      if (column.isVariable() && !column.admits(row, i)) {
        return false;
      }
    }
    return !schema.hasExtras() || columns[SlotSchema.EXTRAS].admits(row, inputs);
  }

  void put(int at, StagedRow row, int partition, long sequence) {
    columns[SlotSchema.PARTITION].putInt(at, partition);
    columns[SlotSchema.SEQUENCE].putLong(at, sequence);
    if (schema.hasExtras()) {
      columns[SlotSchema.EXTRAS].put(at, row, inputs);
    }
    for (int i = 0; i < inputs; i++) {
      columns[first + i].put(at, row, i);
    }
  }

  /** Bytes of variable width that each column needs for the row. */
  long[] bytes(StagedRow row) {
    long[] bytes = new long[columns.length];
    for (int i = 0; i < inputs; i++) {
      bytes[first + i] = row.set[i] ? row.lengths[i] : 0;
    }
    if (schema.hasExtras()) {
      bytes[SlotSchema.EXTRAS] = row.set[inputs] ? row.lengths[inputs] : 0;
    }
    return bytes;
  }
}
