package io.forebay.slots;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a pipeline: a control region (for the rings of worker processes) and a fixed number
 * of slots of equal size. Allocated once; memory use does not grow afterwards.
 *
 * <p>A shared area is {@link SharedMemory}. Closing unmaps it; no thread may use its segments
 * afterwards.
 *
 * <p>{@link #slot} may be called from any thread.
 */
@SuppressWarnings("MustBeClosedChecker") // close() closes the arena
public final class SlotArea implements AutoCloseable {
  /** The largest slot: places within a slot are int32. */
  public static final long MAX_SLOT_BYTES = MemoryLimit.MAX_SLOT_BYTES;

  private static final long PAGE = 4096;

  private final int slots;
  private final long slotBytes;
  private final long slotsAt;
  private final Arena arena;
  private final MemorySegment memory;
  private final MemorySegment control;
  private final @Nullable SharedMemory shared;
  private final boolean attached;
  private final @Nullable Slot[] made;

  private SlotArea(
      Sizes sizes,
      Arena arena,
      MemorySegment memory,
      @Nullable SharedMemory shared,
      boolean attached) {
    this.slots = sizes.slots;
    this.slotBytes = sizes.slotBytes;
    this.slotsAt = pages(sizes.controlBytes);
    this.arena = arena;
    this.memory = memory;
    this.control = memory.asSlice(0, sizes.controlBytes);
    this.shared = shared;
    this.attached = attached;
    this.made = new Slot[slots];
  }

  /**
   * Refuses an area that cannot be, before anything is allocated: one for which there is no memory,
   * or with slots that are too small for the columns.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence, with what would be possible
   */
  public static void check(int slots, long slotBytes, SlotSchema schema) {
    new Sizes(slots, slotBytes, 0).total();
    MemoryLimit.here().check(slots, slotBytes);
    Slot.checkRoom(schema, slotBytes);
  }

  /** An area that other processes of the same user can attach to. */
  public static SlotArea shared(int slots, long slotBytes, long controlBytes) throws IOException {
    Sizes sizes = new Sizes(slots, slotBytes, controlBytes);
    SharedMemory shared = SharedMemory.create(sizes.total());
    return new SlotArea(sizes, Arena.ofShared(), shared.memory(), shared, false);
  }

  /** An area for one process only: for inline and thread placement. */
  public static SlotArea local(int slots, long slotBytes) {
    Sizes sizes = new Sizes(slots, slotBytes, 0);
    Arena arena = Arena.ofShared();
    try {
      MemorySegment memory =
          Private.isThere()
              ? Private.map(sizes.total(), arena)
              : arena.allocate(sizes.total(), PAGE);
      return new SlotArea(sizes, arena, memory, null, false);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw new ConfigurationException(
          "the system has no memory for "
              + slots
              + " slots of "
              + MemoryLimit.text(slotBytes)
              + " ("
              + e.getMessage()
              + "): make the forebay smaller",
          e);
    }
  }

  /** Attaches to the shared area of another process, for reading and writing. */
  public static SlotArea attach(Path path, int slots, long slotBytes, long controlBytes)
      throws IOException {
    return attach(path, slots, slotBytes, controlBytes, true);
  }

  /**
   * Attaches to the shared area of another process.
   *
   * @param writable false if this process gives its answers in memory of its own ({@link
   *     Slot#replyTo}): then whatever in it writes to the area, by whatever means, ends it
   */
  public static SlotArea attach(
      Path path, int slots, long slotBytes, long controlBytes, boolean writable)
      throws IOException {
    Sizes sizes = new Sizes(slots, slotBytes, controlBytes);
    Arena arena = Arena.ofShared();
    try {
      MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
      MemorySegment memory = SharedMemory.map(path, sizes.total(), mode, 0, sizes.total(), arena);
      return new SlotArea(sizes, arena, memory, null, true);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Where another process of the same user opens this area; empty for a local one. */
  public Optional<Path> path() {
    return Optional.ofNullable(shared).map(SharedMemory::path);
  }

  /** How many slots there are. */
  public int slots() {
    return slots;
  }

  /** The size of each slot. */
  public long slotBytes() {
    return slotBytes;
  }

  /** The control region. */
  public MemorySegment control() {
    return control;
  }

  /**
   * Slot {@code number} seen through {@code schema}; the same object for the same number.
   *
   * @throws io.forebay.errors.ConfigurationException if the slots are too small for the columns
   * @throws IllegalStateException if the slot was asked for with another schema before
   */
  public Slot slot(int number, SlotSchema schema) {
    synchronized (made) {
      Slot slot = made[Objects.checkIndex(number, slots)];
      if (slot == null) {
        long at = slotsAt + number * pages(slotBytes);
        slot = new Slot(number, memory.asSlice(at, slotBytes), schema, attached);
        made[number] = slot;
      } else if (slot.schema() != schema) {
        throw new IllegalStateException("slot " + number + " has another schema");
      }
      return slot;
    }
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      if (shared != null) {
        shared.close();
      }
    }
  }

  private static long pages(long bytes) {
    return (bytes + PAGE - 1) & -PAGE;
  }

  private record Sizes(int slots, long slotBytes, long controlBytes) {
    Sizes {
      if (slots < 1 || slotBytes < PAGE || slotBytes > MAX_SLOT_BYTES || controlBytes < 0) {
        throw new IllegalArgumentException(
            slots + " slots of " + slotBytes + " bytes: there is at least one, of 4 KiB to 1 GiB");
      }
    }

    long total() {
      return Math.addExact(pages(controlBytes), Math.multiplyExact(slots, pages(slotBytes)));
    }
  }

  /**
   * Memory whose pages come into being when they are first written to: mmap(2) of Linux. To have 32
   * MiB of them made before the first record, as an arena does, takes a tenth of a second.
   */
  @SuppressWarnings("restricted") // declared as the C library does
  private static final class Private {
    private static final int READ_WRITE = 1 | 2;
    private static final int PRIVATE_ANONYMOUS = 2 | 0x20;

    private static MethodHandle handle(String function, FunctionDescriptor type) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), type);
    }

    static boolean isThere() {
      return System.getProperty("os.name", "").equals("Linux");
    }

    /**
     * @throws OutOfMemoryError if the system does not give so much
     */
    static MemorySegment map(long bytes, Arena arena) {
      try {
        MethodHandle map =
            handle(
                "mmap",
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));
        long at = (long) map.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        if (at == -1) {
          throw new OutOfMemoryError("mmap of " + bytes + " bytes failed");
        }
        return MemorySegment.ofAddress(at).reinterpret(bytes, arena, Private::unmap);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    private static void unmap(MemorySegment memory) {
      try {
        int _ =
            (int)
                handle(
                        "munmap",
                        FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG))
                    .invokeExact(memory.address(), memory.byteSize());
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
