package io.forebay.testkit;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.StringColumn;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A batch on the heap. All rows are of partition 0; sequences count up. */
record NumberedBatch(
    Schema schema,
    List<Column> columns,
    @Nullable StringColumn extrasColumn,
    int rows,
    long firstSequence)
    implements Batch {
  @Override
  public Column column(int index) {
    return columns.get(index);
  }

  @Override
  public Batch slice(int from, int to) {
    Objects.checkFromToIndex(from, to, rows);
    return new NumberedBatch(
        schema,
        columns.stream().<Column>map(column -> column.slice(from, to - from)).toList(),
        extrasColumn == null ? null : extrasColumn.slice(from, to - from),
        to - from,
        firstSequence + from);
  }

  @Override
  public Optional<StringColumn> extras() {
    return Optional.ofNullable(extrasColumn);
  }

  @Override
  public int partition(int row) {
    Objects.checkIndex(row, rows);
    return 0;
  }

  @Override
  public long sequence(int row) {
    return firstSequence + Objects.checkIndex(row, rows);
  }
}
