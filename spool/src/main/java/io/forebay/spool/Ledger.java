package io.forebay.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a spool holds, in a small file beside its folder ({@code FOLDER.ledger}), so that a folder
 * or a segment that is removed is missed. Two slots of 64 bytes, written in turn where they lie:
 * what a crash tears is one of them.
 *
 * <pre>
 *   0  u64  magic "FBLEDGR1"
 *   8  u64  turn: the slot with the greater one counts
 *  16  u64  identity of the spool, also in its segments and its cursor
 *  24  u64  the last sequence that is durable
 *  32  u64  everything up to this sequence is delivered
 *  40  u64  what is missing up to this sequence is known and accepted
 *  48  u32  CRC32C of bytes 0..47
 *  52       zeros
 * </pre>
 *
 * It is written after each group is durable, without fsync: it is exact when the process was
 * killed; after a power cut it may know of less. Where the folder's parent cannot be written there
 * is none. Used by the thread that opens the spool, then by the {@link Flusher}.
 */
final class Ledger implements Closeable {
  private static final long MAGIC = 0x3152_4744_454C_4246L; // "FBLEDGR1"
  private static final int SLOT_BYTES = 64;
  private static final int CRC_AT = 48;

  private final Path directory;
  private final Path path;
  private final SpoolDisk disk;
  private @Nullable FileChannel channel;
  private long turn;
  private @Nullable Entry written;

  /**
   * What it says.
   *
   * @param last the last sequence that is durable
   * @param delivered everything up to this sequence is delivered
   * @param accepted what is missing up to this sequence is known and accepted
   */
  record Entry(long id, long last, long delivered, long accepted) {}

  Ledger(Path directory, SpoolDisk disk) {
    this.directory = directory;
    this.path = path(directory);
    this.disk = disk;
  }

  /** Where the ledger of a spool lies. */
  static Path path(Path directory) {
    return directory.resolveSibling(directory.getFileName() + ".ledger");
  }

  /** What the ledger of a spool says; empty if there is none. */
  static Optional<Entry> read(Path directory) throws IOException {
    Path path = path(directory);
    byte[] bytes;
    try {
      boolean file =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .isRegularFile();
      bytes = file ? Files.readAllBytes(path) : new byte[0];
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Entry found = null;
    long turn = -1;
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; bytes.length == 2 * SLOT_BYTES && at < bytes.length; at += SLOT_BYTES) {
      boolean whole = all.getLong(at) == MAGIC && all.getInt(at + CRC_AT) == crc(bytes, at);
      if (whole && all.getLong(at + 8) > turn) {
        turn = all.getLong(at + 8);
        found =
            new Entry(
                all.getLong(at + 16),
                all.getLong(at + 24),
                all.getLong(at + 32),
                all.getLong(at + 40));
      }
    }
    if (found == null) {
      throw new IOException(
          "'"
              + path
              + "' is damaged, so it is not known whether the spool '"
              + directory
              + "' is whole: put it back, or remove it if nothing was taken out of the spool");
    }
    return Optional.of(found);
  }

  private static int crc(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, CRC_AT);
    return (int) crc.getValue();
  }

  /** Makes the file anew, durable. */
  void begin(Entry entry, Consumer<String> notices) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      disk.delete(temporary);
      try (FileChannel file =
          disk.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
        write(file, entry);
        write(file, entry);
        file.force(true);
      }
      disk.replace(temporary, path);
      channel = disk.open(path, Set.of(StandardOpenOption.WRITE));
    } catch (FileSystemException e) {
      boolean denied =
          e instanceof AccessDeniedException || "Read-only file system".equals(e.getReason());
      close();
      if (!denied) {
        throw e;
      }
      notices.accept(
          "the spool '"
              + directory
              + "' is not missed when its folder is removed, because nothing can be written beside"
              + " it: put it into a folder of its own");
      return;
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      disk.forceDirectory(parent);
    }
  }

  /** Writes what is new. */
  void note(Entry entry) throws IOException {
    if (channel != null && !entry.equals(written)) {
      write(channel, entry);
    }
  }

  private void write(FileChannel file, Entry entry) throws IOException {
    turn++;
    ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    slot.putLong(MAGIC).putLong(turn).putLong(entry.id).putLong(entry.last);
    slot.putLong(entry.delivered).putLong(entry.accepted);
    slot.putInt(crc(slot.array(), 0)).rewind();
    file.position(SLOT_BYTES * (turn & 1));
    while (slot.hasRemaining()) {
      file.write(slot);
    }
    written = entry;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
