package io.forebay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Up to which sequence everything is delivered, in a file {@code cursor} of 32 bytes: magic
 * "FBCURSR2", sequence, identity of the spool, CRC32C of these, zeros. It is replaced as a whole; a
 * crash leaves the old or the new one. That of version 1 had 24 bytes and no identity.
 */
final class Cursor {
  private static final long MAGIC = 0x3252_5352_5543_4246L; // "FBCURSR2"
  private static final long MAGIC_1 = 0x3152_5352_5543_4246L; // "FBCURSR1"
  private static final int BYTES = 32;
  private static final int BYTES_1 = 24;

  private final Path directory;
  private final Path path;
  private final SpoolDisk disk;

  /**
   * What it says.
   *
   * @param id of the spool; 0 where it does not say it
   */
  record Read(long sequence, long id) {
    static final Read NOTHING = new Read(0, 0);
  }

  Cursor(Path directory, SpoolDisk disk) {
    this.directory = directory;
    this.path = directory.resolve("cursor");
    this.disk = disk;
  }

  /** The sequence; 0 where nothing is delivered yet. */
  Read read() throws IOException {
    byte[] all;
    try {
      boolean other =
          Files.exists(path, LinkOption.NOFOLLOW_LINKS)
              && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
      all = other ? new byte[0] : Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Read.NOTHING;
    }
    ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    if (all.length == BYTES
        && bytes.getLong(0) == MAGIC
        && bytes.getLong(8) >= 0
        && bytes.getLong(24) == crc(all, 24)) {
      return new Read(bytes.getLong(8), bytes.getLong(16));
    }
    if (all.length == BYTES_1
        && bytes.getLong(0) == MAGIC_1
        && bytes.getLong(8) >= 0
        && bytes.getInt(16) == (int) crc(all, 16)) {
      return new Read(bytes.getLong(8), 0);
    }
    throw new IOException(
        "'"
            + path
            + "' is damaged, so it is not known what was delivered: put it back, or remove it, then"
            + " what no output has is delivered again");
  }

  private static long crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }

  /** Replaces the sequence; it is durable when the call returns. */
  void write(long sequence, long id) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(MAGIC).putLong(sequence).putLong(id).putLong(crc(bytes.array(), 24)).flip();
    Path temporary = directory.resolve("cursor.tmp");
    // What lies there under that name is of a run that crashed, or a link to elsewhere.
    disk.delete(temporary);
    try (FileChannel channel =
        disk.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    disk.replace(temporary, path);
    disk.forceDirectory(directory);
  }
}
