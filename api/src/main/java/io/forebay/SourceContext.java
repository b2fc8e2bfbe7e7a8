package io.forebay;

import java.util.Set;

/** What the engine offers to a running {@link Source}. */
public interface SourceContext {
  /** The source's name in the pipeline. */
  String name();

  /**
   * A writer for one partition: a part of the source whose records have an order and positions of
   * their own (a file, a Kafka partition, a sensor). Names are stable across runs; the empty name
   * is the partition of a source that has only one. Call it once for each partition, before {@code
   * append}, from any thread of the source.
   */
  RecordWriter partition(String partition);

  /**
   * Where to go on: everything up to this position was delivered by an earlier run. {@link
   * Position#START} on a fresh run.
   */
  Position resumeFrom(String partition);

  /**
   * Names of columns that stages write: an undeclared member of such a name is not carried as an
   * extra, because the stage's value replaces it.
   */
  Set<String> replacedColumns();

  /**
   * Says how the source stands to its outside world; the last word is shown while it runs and in
   * the summary. Call it whenever that changes, from any thread of the source.
   *
   * @param detail a few words on why or to whom; empty if there is nothing to say
   */
  default void state(SourceState state, String detail) {}

  /**
   * Counts records that the source has received and thrown away, because its protocol cannot be
   * made to wait and there was no room. From any thread of the source.
   */
  default void dropped(long records) {}
}
