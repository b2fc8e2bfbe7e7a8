package io.forebay.engine.internal.tap;

import io.forebay.Batch;
import io.forebay.Rejection;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.StringColumn;

/** About how much a copied row takes on the heap. */
final class RowBytes {
  /** What the batch of one row takes around each value. */
  private static final long A_VALUE = 128;

  private RowBytes() {}

  static long of(Batch batch, int row) {
    long bytes = A_VALUE;
    for (int i = 0; i < batch.schema().size(); i++) {
      Column column = batch.column(i);
      bytes += A_VALUE + (column.isNull(row) ? 0 : value(column, row));
    }
    StringColumn extras = batch.extras().orElse(null);
    return extras == null || extras.isNull(row) ? bytes : bytes + value(extras, row);
  }

  private static long value(Column column, int row) {
    return switch (column) {
      case StringColumn texts -> texts.utf8(row).byteSize();
      case BinaryColumn binaries -> binaries.bytes(row).byteSize();
      case Float64ListColumn lists -> lists.values(row).byteSize();
      default -> Long.BYTES;
    };
  }

  static long of(Rejection rejection) {
    long text = 2L * (rejection.reason().length() + rejection.detail().length());
    return text
        + switch (rejection.content()) {
          case Rejection.Text(String start, _) -> 2L * start.length();
          case Rejection.Row(Batch batch, int row) -> of(batch, row);
        };
  }
}
