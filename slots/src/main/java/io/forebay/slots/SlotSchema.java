package io.forebay.slots;

import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.Schema;
import java.util.List;

/**
 * The physical columns of a pipeline's slots: the engine's own columns (partition, sequence and,
 * where sources carry them, extras), the fields of the sources, and the output columns of every
 * stage, each in a place of its own, so that a stage that is called again finds its input intact.
 * Maps what each stage sees to these columns. Immutable.
 */
public final class SlotSchema {
  /** Physical column 0: which partition the row comes from, int32. */
  public static final int PARTITION = 0;

  /** Physical column 1: the row's sequence in its partition, int64. */
  public static final int SEQUENCE = 1;

  /**
   * The physical columns for these sources and stages.
   *
   * @param input the union of the sources' fields
   * @param extras whether there is a column for undeclared members (physical column 2)
   * @param stageOutputs the output columns of each stage, in order
   * @throws ConfigurationException if an output clashes with a column of another type
   */
  public static SlotSchema of(Schema input, boolean extras, List<Schema> stageOutputs) {
    throw new UnsupportedOperationException();
  }

  /** How many stages there are. */
  public int stages() {
    throw new UnsupportedOperationException();
  }

  /** How many physical columns there are. */
  public int size() {
    throw new UnsupportedOperationException();
  }

  /** A physical column. */
  public Field column(int physical) {
    throw new UnsupportedOperationException();
  }

  /** Whether there is a column for undeclared members. */
  public boolean hasExtras() {
    throw new UnsupportedOperationException();
  }

  /** The physical column of field {@code index} of the sources' union schema. */
  public int inputColumn(int index) {
    throw new UnsupportedOperationException();
  }

  /** What stage {@code stage} is given; {@code view(stages())} is what sinks are given. */
  public Schema view(int stage) {
    throw new UnsupportedOperationException();
  }

  /** What stage {@code stage} writes. */
  public Schema outputs(int stage) {
    throw new UnsupportedOperationException();
  }
}
