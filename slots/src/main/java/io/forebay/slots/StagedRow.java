package io.forebay.slots;

/**
 * One record on the heap, on its way from a source into a slot: the columns of the sources' union
 * schema. Reused for record after record. Used by one thread.
 */
public final class StagedRow {
  /** A row for slots of {@code schema}. */
  public StagedRow(SlotSchema schema) {
    throw new UnsupportedOperationException();
  }

  /** Sets field {@code index} of the union schema, a bool. */
  public void setBool(int index, boolean value) {
    throw new UnsupportedOperationException();
  }

  /** Sets an int32 (range-checked), int64 or timestamp. */
  public void setLong(int index, long value) {
    throw new UnsupportedOperationException();
  }

  /** Sets a float32 or float64. */
  public void setDouble(int index, double value) {
    throw new UnsupportedOperationException();
  }

  /** Sets a string (valid UTF-8) or binary to a copy of the bytes. */
  public void setBytes(int index, byte[] bytes, int from, int length) {
    throw new UnsupportedOperationException();
  }

  /** Sets a list to a copy of the values. */
  public void setDoubles(int index, double[] values, int from, int length) {
    throw new UnsupportedOperationException();
  }

  /** Leaves the field null. */
  public void setNull(int index) {
    throw new UnsupportedOperationException();
  }

  /** Sets the undeclared members. */
  public void setExtras(byte[] utf8, int from, int length) {
    throw new UnsupportedOperationException();
  }

  /** Index of a field that is neither nullable nor set, or -1. */
  public int missingField() {
    throw new UnsupportedOperationException();
  }

  /** Forgets all values. */
  public void clear() {
    throw new UnsupportedOperationException();
  }
}
