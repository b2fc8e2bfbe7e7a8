package io.forebay.connectors.duckdb;

import io.forebay.Batch;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.StringColumn;

/** How many bytes the strings, binaries and lists of a batch have. */
final class VariableBytes {
  private VariableBytes() {}

  static long of(Batch batch) {
    long bytes = batch.extras().map(extras -> of(extras, batch.rows())).orElse(0L);
    for (int i = 0; i < batch.schema().size(); i++) {
      bytes += of(batch.column(i), batch.rows());
    }
    return bytes;
  }

  private static long of(Column column, int rows) {
    long bytes = 0;
    switch (column) {
      case StringColumn texts when texts.isDictionaryEncoded() -> {
        for (int entry = 0; entry < texts.dictionarySize(); entry++) {
          bytes += texts.dictionaryUtf8(entry).byteSize();
        }
      }
      case StringColumn texts -> {
        for (int row = 0; row < rows; row++) {
          bytes += texts.utf8(row).byteSize();
        }
      }
      case BinaryColumn binaries -> {
        for (int row = 0; row < rows; row++) {
          bytes += binaries.length(row);
        }
      }
      case Float64ListColumn lists -> {
        for (int row = 0; row < rows; row++) {
          bytes += 8L * lists.length(row);
        }
      }
      default -> {}
    }
    return bytes;
  }
}
