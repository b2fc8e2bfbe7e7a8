package io.forebay.internal.rows;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.StringColumn;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows on the heap, which nothing overwrites: for those that outlive the slot or the payload they
 * came in.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record HeapBatch(
    Schema schema,
    List<Column> columns,
    @Nullable StringColumn members,
    int[] partitions,
    long[] sequences,
    int from,
    int rows)
    implements Batch {
  @Override
  public Column column(int index) {
    return columns.get(index);
  }

  @Override
  public Batch slice(int first, int to) {
    Objects.checkFromToIndex(first, to, rows);
    return new HeapBatch(
        schema,
        columns.stream().map(column -> column.slice(first, to - first)).toList(),
        members == null ? null : members.slice(first, to - first),
        partitions,
        sequences,
        from + first,
        to - first);
  }

  @Override
  public Optional<StringColumn> extras() {
    return Optional.ofNullable(members);
  }

  @Override
  public int partition(int row) {
    return partitions[from + Objects.checkIndex(row, rows)];
  }

  @Override
  public long sequence(int row) {
    return sequences[from + Objects.checkIndex(row, rows)];
  }
}
