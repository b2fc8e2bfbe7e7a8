package io.forebay.slots;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The memory of a pipeline: a control region (for the rings of worker processes) and a fixed number
 * of slots of equal size. Allocated once; memory use does not grow afterwards.
 *
 * <p>A shared area is a memfd sealed against shrinking and growing on Linux, elsewhere a temporary
 * file of mode 0600. Closing unmaps it; no thread may use its segments afterwards.
 */
public final class SlotArea implements AutoCloseable {
  /** An area that other processes of the same user can attach to. */
  public static SlotArea shared(int slots, long slotBytes, long controlBytes) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** An area for one process only: for inline and thread placement. */
  public static SlotArea local(int slots, long slotBytes) {
    throw new UnsupportedOperationException();
  }

  /** Attaches to the shared area of another process. */
  public static SlotArea attach(Path path, int slots, long slotBytes, long controlBytes)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Where another process of the same user opens this area; empty for a local one. */
  public Optional<Path> path() {
    throw new UnsupportedOperationException();
  }

  /** How many slots there are. */
  public int slots() {
    throw new UnsupportedOperationException();
  }

  /** The size of each slot. */
  public long slotBytes() {
    throw new UnsupportedOperationException();
  }

  /** The control region. */
  public MemorySegment control() {
    throw new UnsupportedOperationException();
  }

  /** Slot {@code number} seen through {@code schema}. */
  public Slot slot(int number, SlotSchema schema) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
