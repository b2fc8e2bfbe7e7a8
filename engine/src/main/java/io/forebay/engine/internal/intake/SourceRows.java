package io.forebay.engine.internal.intake;

import io.forebay.Schema;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link PartitionWriter}s of one source share: how its columns map to those of all
 * sources, and the rows in which they stage records. The first partitions have a row each; those
 * after them borrow one for each record, so that a million partitions do not cost a million rows.
 *
 * <p>Thread-safe.
 */
final class SourceRows {
  /** So many partitions have a row of their own: some hundred bytes each. */
  static final int OWN = 1024;

  private static final int SPARE = 64;

  final Intake intake;

  /** The columns of the source. */
  final Schema schema;

  /** The field of the union schema behind each column of the source. */
  final int[] fields;

  /** Columns that other sources may leave out, but not this one; null where there are none. */
  final boolean @Nullable [] required;

  private final SlotSchema slots;

  /** Rows that are not in use; a thread looks at one place only. */
  private final AtomicReferenceArray<@Nullable StagedRow> spare = new AtomicReferenceArray<>(SPARE);

  SourceRows(Intake intake, SlotSchema slots, Schema schema, Schema union) {
    this.intake = intake;
    this.slots = slots;
    this.schema = schema;
    this.fields = new int[schema.size()];
    boolean[] stricter = new boolean[schema.size()];
    boolean any = false;
    for (int i = 0; i < fields.length; i++) {
      fields[i] = union.indexOf(schema.field(i).name());
      stricter[i] = !schema.field(i).nullable() && union.field(fields[i]).nullable();
      any |= stricter[i];
    }
    this.required = any ? stricter : null;
  }

  /** Whether the partition has a row to keep; otherwise it borrows one for each record. */
  static boolean keeps(Partition partition) {
    return partition.index < OWN;
  }

  /** An empty row for one record. */
  StagedRow borrow() {
    StagedRow row = spare.getAndSet(place(), null);
    return row == null ? new StagedRow(slots) : row;
  }

  /** Gives a row back that is empty. */
  void giveBack(StagedRow row) {
    spare.lazySet(place(), row);
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & (SPARE - 1);
  }
}
