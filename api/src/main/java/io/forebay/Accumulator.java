package io.forebay;

import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RecordRejectedException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A function over windows: makes one row of all records of a key and a window. A public class with
 * a public constructor that takes nothing, or one {@code Map<String, String>} of parameters, among
 * them as {@code time} the column that tells the time.
 *
 * <p>It keeps nothing itself. Workers gather the records of a batch into partial results ({@link
 * #init}, {@link #add}), which the engine merges, keeps with the positions of the sources, and
 * turns into rows when their windows are over:
 *
 * <pre>
 *  workers:  batch ── begin, init, add ──► P ── write ──► bytes
 *  engine:                                  bytes ── read ──► P ── merge ──► P ── result ──► row
 * </pre>
 *
 * <p>How records come to be in batches and which batch comes first changes from run to run. The
 * rows are the same if {@link #merge} is associative and commutative, exactly: adding {@code
 * double}s is not.
 *
 * <p>One instance is used by one thread at a time. {@link #merge}, {@link #read}, {@link #write}
 * and {@link #result} run in the engine's own process: they are to be short, and an exception from
 * one of them ends the run, without loss.
 *
 * @param <P> a partial result; changes while records are added and others are merged into it
 */
public interface Accumulator<P> {
  /** The row of a window that is over; columns are numbered as in {@link Accumulator#outputs}. */
  interface Row {
    /** Sets a bool column. */
    void setBool(int column, boolean value);

    /** Sets an int32, int64 or timestamp column. */
    void setLong(int column, long value);

    /** Sets a float32 or float64 column. */
    void setDouble(int column, double value);

    /** Sets a string column. */
    void setString(int column, String value);

    /** Sets a column of lists to a copy of the values. */
    void setDoubles(int column, double[] values);
  }

  /**
   * The columns of the row of a window, besides those that tell the key and the window. Called
   * before any source is opened, and on each instance before all else.
   *
   * @throws ConfigurationException if the input lacks a column that is needed
   */
  Schema outputs(Schema input);

  /** A partial result of no records. */
  P init();

  /** The records that are added next are rows of this batch. */
  void begin(Batch batch);

  /**
   * Adds a record of the batch. Records of other keys and windows are added to other partial
   * results meanwhile.
   *
   * @throws RecordRejectedException to send the record to dead letter; then {@code partial} is as
   *     it was
   */
  void add(P partial, int row) throws RecordRejectedException;

  /** Adds everything that is in {@code other}, which is not used afterwards. */
  void merge(P into, P other);

  /** Tells the result; a nullable column that is not set is null. Changes nothing. */
  void result(P partial, Row row);

  /**
   * As {@link #result(Object, Row)}, for who has to know the window.
   *
   * @param begin of the window, in the unit of the column that tells the time
   * @param end of it, which is not in it any more
   */
  default void result(P partial, long begin, long end, Row row) {
    result(partial, row);
  }

  /**
   * How many records it holds one by one, where it grows with them: each counts as one of the
   * pieces of windows of which so many may be open.
   */
  default int records(P partial) {
    return 0;
  }

  /** Writes a partial result. The form is kept over runs: change it with the class's name only. */
  void write(P partial, DataOutput out) throws IOException;

  /** Reads what {@link #write} has written. */
  P read(DataInput in) throws IOException;
}
