package io.forebay.slots;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Memory that processes of one user share: on Linux a memfd sealed against shrinking and growing,
 * elsewhere a temporary file of mode 0600. Its pages come into being when they are first written
 * to. Closing unmaps it; no thread may use its segment afterwards.
 */
@SuppressWarnings("MustBeClosedChecker") // close() closes the arena
public final class SharedMemory implements AutoCloseable {
  private final MemoryFile file;
  private final Arena arena;
  private final MemorySegment memory;

  private SharedMemory(MemoryFile file, Arena arena, MemorySegment memory) {
    this.file = file;
    this.arena = arena;
    this.memory = memory;
  }

  /** Makes {@code bytes} of zeros. */
  public static SharedMemory create(long bytes) throws IOException {
    MemoryFile file = MemoryFile.create(bytes);
    Arena arena = Arena.ofShared();
    try {
      MemorySegment mapped = map(file.path(), bytes, MapMode.READ_WRITE, 0, bytes, arena);
      return new SharedMemory(file, arena, asPlainMemory(mapped, arena));
    } catch (IOException | RuntimeException e) {
      arena.close();
      file.close();
      throw e;
    }
  }

  /**
   * Maps a part of what another process has made.
   *
   * @param allBytes how large the whole of it has to be
   * @param mode read-only: then whoever writes there, by whatever means, ends the process
   */
  static MemorySegment map(Path path, long allBytes, MapMode mode, long at, long bytes, Arena arena)
      throws IOException {
    Set<OpenOption> access =
        mode.equals(MapMode.READ_ONLY)
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(path, access)) {
      if (channel.size() != allBytes) {
        throw new IOException(
            "the shared memory " + path + " has " + channel.size() + " bytes, not " + allBytes);
      }
      return channel.map(mode, at, bytes, arena);
    }
  }

  /** In another process: a part that is mapped for writing for as long as the process lives. */
  public static MemorySegment attach(Path path, long allBytes, long at, long bytes)
      throws IOException {
    return map(path, allBytes, MapMode.READ_WRITE, at, bytes, Arena.global());
  }

  /**
   * The mapped memory as a segment of the class that local areas have. The compiler makes plain
   * loads of reads through columns while all columns of a process are of one class of segment: with
   * two, reads cost three times as much, with three twenty times.
   */
  @SuppressWarnings("restricted") // the mapping lives as long as the arena
  private static MemorySegment asPlainMemory(MemorySegment mapped, Arena arena) {
    return MemorySegment.ofAddress(mapped.address()).reinterpret(mapped.byteSize(), arena, null);
  }

  /** Where another process of the same user opens it. */
  public Path path() {
    return file.path();
  }

  /** All of it. */
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      file.close();
    }
  }
}
