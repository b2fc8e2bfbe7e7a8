package io.forebay;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * Reads records and hands them in. A source decodes, waits for its outside world, and blocks in
 * {@link RecordWriter#append} while there is no room: that is the backpressure.
 */
public interface Source extends AutoCloseable {
  /** What the records look like. Known before {@link #run}, the same for all partitions. */
  Schema schema();

  /**
   * Whether the source can read again from a position that was acknowledged. Only then is delivery
   * at-least-once across a crash of the engine.
   */
  boolean repeatable();

  /**
   * Whether what was not acknowledged is handed in again by the next run, though not from a
   * position: a broker keeps it. Delivery is at-least-once across a crash then, too.
   */
  default boolean redelivers() {
    return false;
  }

  /** What the sequences of its records count, as dead letters say it. */
  default Numbering numbering() {
    return Numbering.SEQUENCE;
  }

  /** Whether the source calls {@link RecordWriter#setExtras}. */
  default boolean carriesExtras() {
    return false;
  }

  /**
   * Called at most once before {@link #run}, while nothing is read or written yet: looks whether it
   * can go on where earlier runs have delivered.
   *
   * @param resumeFrom see {@link SourceContext#resumeFrom}
   * @throws IOException in one sentence if it cannot; then nothing starts, and it is closed
   */
  default void prepare(Function<String, Position> resumeFrom) throws IOException {}

  /**
   * Reads until the end of the data and returns, or for ever. Called once, on a virtual thread of
   * its own. An interrupt asks to stop at a record's border: let the {@link InterruptedException}
   * pass, or return. Any other exception fails the pipeline.
   */
  void run(SourceContext context) throws Exception;

  /**
   * All records of the partition up to {@code position} are durable in every output. Called by the
   * engine's sink thread, in ascending order; must not block.
   */
  default void acknowledged(String partition, Position position) {}

  /** The files that it uses as its own, so that no other source or output is given one of them. */
  default List<Claim> claims() {
    return List.of();
  }

  /** Releases what the source holds; called once, after {@link #run} has ended. */
  @Override
  default void close() throws IOException {}
}
