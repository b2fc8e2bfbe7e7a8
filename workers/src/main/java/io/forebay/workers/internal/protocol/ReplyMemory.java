package io.forebay.workers.internal.protocol;

import io.forebay.slots.SharedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Memory in which the workers of a protected stage answer. A worker maps its own part of it for
 * reading and writing, and the slots and the engine's words of its ring for reading only: so
 * whatever is written in its process reaches nothing else, or ends it.
 *
 * <pre>
 *   part of a worker:  | words of its ring | buffer 0 | buffer 1 | … |
 * </pre>
 *
 * <p>A part has as many buffers as batches can be queued at a worker. An answer goes into the one
 * that the ring's entry names, at the places that it would have in the slot, and is copied there by
 * the engine, which names the buffer first that became free last: so few of them are ever touched.
 * Parts begin at multiples of {@link #ALIGNMENT}, and take memory only where something is written.
 */
public final class ReplyMemory implements AutoCloseable {
  /** A multiple of every page size in use. */
  private static final long ALIGNMENT = 64 << 10;

  /**
   * The layout.
   *
   * @param entries of each ring
   * @param buffers of each worker
   */
  public record Shape(int parts, int entries, int buffers, long slotBytes) {
    private long wordsBytes() {
      return aligned(Ring.bytes(entries));
    }

    long partBytes() {
      return Math.addExact(wordsBytes(), Math.multiplyExact(buffers, aligned(slotBytes)));
    }

    long bytes() {
      return Math.multiplyExact(parts, partBytes());
    }

    private static long aligned(long bytes) {
      return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }
  }

  /** One worker's part, where it answers calls of one stage. */
  public static final class Part {
    public final int stage;
    private final Shape shape;
    private final MemorySegment memory;
    private final @Nullable MemorySegment[] buffers;

    private Part(int stage, Shape shape, MemorySegment memory) {
      this.stage = stage;
      this.shape = shape;
      this.memory = memory;
      this.buffers = new MemorySegment[shape.buffers];
    }

    /** The worker's words of its ring. */
    public MemorySegment words() {
      return memory.asSlice(0, Ring.bytes(shape.entries), Ring.LINE);
    }

    public int buffers() {
      return shape.buffers;
    }

    public MemorySegment buffer(int number) {
      MemorySegment buffer = buffers[number];
      if (buffer == null) {
        long at = shape.wordsBytes() + number * Shape.aligned(shape.slotBytes);
        buffer = memory.asSlice(at, shape.slotBytes, Ring.LINE);
        buffers[number] = buffer;
      }
      return buffer;
    }
  }

  private final Shape shape;
  private final SharedMemory shared;

  private ReplyMemory(Shape shape, SharedMemory shared) {
    this.shape = shape;
    this.shared = shared;
  }

  public static ReplyMemory create(Shape shape) throws IOException {
    return new ReplyMemory(shape, SharedMemory.create(shape.bytes()));
  }

  public Path path() {
    return shared.path();
  }

  public Shape shape() {
    return shape;
  }

  public Part part(int number, int stage) {
    long bytes = shape.partBytes();
    return new Part(stage, shape, shared.memory().asSlice(number * bytes, bytes, Ring.LINE));
  }

  /** In a worker: its part. */
  static Part attach(Path path, Shape shape, int number, int stage) throws IOException {
    long bytes = shape.partBytes();
    return new Part(stage, shape, SharedMemory.attach(path, shape.bytes(), number * bytes, bytes));
  }

  @Override
  public void close() {
    shared.close();
  }
}
