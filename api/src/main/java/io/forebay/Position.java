package io.forebay;

/**
 * A place in a partition of a source: behind a record.
 *
 * @param sequence the number of the record, ascending within the partition, first record ≥ 1. For a
 *     file the line number, for Kafka the offset + 1.
 * @param offset where reading goes on behind the record, in a unit that only the source knows. For
 *     a file the byte offset of the next line.
 */
public record Position(long sequence, long offset) {
  /** Before the first record. */
  public static final Position START = new Position(0, 0);
}
