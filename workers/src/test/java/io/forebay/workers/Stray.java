package io.forebay.workers;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Copies ids, and at some values writes into shared memory as native code with a wrong pointer
 * would. {@code stray.py} is the same in Python.
 */
@SuppressWarnings("restricted") // that is the point
public final class Stray implements BatchFunction {
  /** Tries to have the kernel write at every 64th byte of what is not to be written to. */
  public static final int EVERYWHERE = -1;

  /** Writes over all that can be written to, but for the ring and the answer in work. */
  public static final int OVER_ITS_OWN = -2;

  /** Stores into the middle of the slots. */
  public static final int INTO_SLOTS = -3;

  /** Stores into its own input. */
  public static final int INTO_ITS_INPUT = -4;

  /** Stores where the rings begin. */
  public static final int INTO_RINGS = -5;

  /** What the words of the ring take, and each buffer. */
  private static final long UNIT = 64 << 10;

  private static final long STATUS = 56;
  private static final int RUNNING = 1;

  /** A mapping of shared memory. */
  private record Mapping(MemorySegment memory, boolean writable) {}

  @Override
  public Schema outputs(Schema input) {
    return Schema.of(
        Field.of("copied", ColumnType.INT64), Field.nullable("name", ColumnType.STRING));
  }

  @Override
  public void apply(Batch in, BatchWriter out) throws Exception {
    for (int row = 0; row < in.rows(); row++) {
      double value = in.float64("value").get(row);
      switch ((int) value) {
        case EVERYWHERE -> everywhere();
        case OVER_ITS_OWN -> overItsOwn();
        case INTO_SLOTS -> store(slots().byteSize() / 2);
        case INTO_ITS_INPUT -> store(find(value));
        case INTO_RINGS -> store(0);
        default -> {}
      }
    }
    for (int row = 0; row < in.rows(); row++) {
      long id = in.int64("id").get(row);
      out.int64("copied").set(row, id);
      out.string("name").set(row, "n" + id);
    }
  }

  private static void everywhere() throws Exception {
    Linker linker = Linker.nativeLinker();
    MethodHandle open =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    MethodHandle read =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("read"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG));
    try (Arena arena = Arena.ofConfined()) {
      int random = (int) open.invokeExact(arena.allocateFrom("/dev/urandom"), 0);
      MemorySegment slots = slots();
      for (long at = 0; at < slots.byteSize(); at += 64) {
        long _ = (long) read.invokeExact(random, slots.asSlice(at), 8L);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void overItsOwn() throws IOException {
    Random random = new Random(1);
    for (Mapping mapping : mappings()) {
      MemorySegment memory = mapping.memory;
      for (long buffer = UNIT; mapping.writable && buffer < memory.byteSize(); buffer += UNIT) {
        if (memory.get(ValueLayout.JAVA_INT, buffer + STATUS) != RUNNING) {
          for (long at = 0; at < UNIT; at += 8) {
            memory.set(ValueLayout.JAVA_LONG, buffer + at, random.nextLong());
          }
        }
      }
    }
  }

  private static void store(long at) throws IOException {
    slots().set(ValueLayout.JAVA_LONG_UNALIGNED, at, 0x5555555555555555L);
  }

  private static long find(double value) throws IOException {
    MemorySegment slots = slots();
    for (long at = 0; ; at += 8) {
      if (slots.get(ValueLayout.JAVA_DOUBLE, at) == value) {
        return at;
      }
    }
  }

  /** The slots: the mapping that was made first, or the only one. */
  private static MemorySegment slots() throws IOException {
    List<Mapping> all = mappings();
    return all.stream().filter(m -> !m.writable).findFirst().orElse(all.getFirst()).memory;
  }

  private static List<Mapping> mappings() throws IOException {
    List<Mapping> found = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.contains("memfd:forebay")) {
        int dash = line.indexOf('-');
        int space = line.indexOf(' ');
        long from = Long.parseLong(line, 0, dash, 16);
        long to = Long.parseLong(line, dash + 1, space, 16);
        found.add(
            new Mapping(
                MemorySegment.ofAddress(from).reinterpret(to - from),
                line.charAt(space + 2) == 'w'));
      }
    }
    return found;
  }
}
