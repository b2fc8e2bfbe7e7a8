package io.forebay.slots;

/** Where the buffers lie that belong to no column, and for how many rows. */
final class RowBuffers {
  /** Rows that every buffer of fixed width has room for. */
  int rowCapacity;

  int marksAt;
  int originsAt;
  int rejectionsAt;
  int rejectionsBytes;
}
