package io.forebay;

import java.util.Set;
import java.util.concurrent.Executor;

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
   * Tells of a thread of the source that has to be free for it to receive, as an event loop has:
   * the engine measures how late that runs what it is given, and warns of who holds it up. From any
   * thread of the source; until the loop rejects what it is given.
   *
   * @param loop runs each task on that thread, and returns at once
   */
  default void receivesOn(Executor loop) {}

  /**
   * Counts records that the source has received and thrown away, because its protocol cannot be
   * made to wait and there was no room. From any thread of the source.
   */
  default void dropped(long records) {}
}
