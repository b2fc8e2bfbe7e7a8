package io.forebay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Up to which sequence everything is delivered, in a file {@code cursor} of 24 bytes: magic
 * "FBCURSR1", sequence, CRC32C of both, zeros. It is replaced as a whole; a crash leaves the old or
 * the new one.
 */
final class Cursor {
  private static final long MAGIC = 0x3152_5352_5543_4246L; // "FBCURSR1"
  private static final int BYTES = 24;

  private final Path directory;
  private final Path path;
  private final Disk disk;

  Cursor(Path directory, Disk disk) {
    this.directory = directory;
    this.path = directory.resolve("cursor");
    this.disk = disk;
  }

  /** The sequence; 0 where nothing is delivered yet. */
  long read() throws IOException {
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (NoSuchFileException e) {
      return 0;
    }
    if (bytes.limit() != BYTES
        || bytes.getLong(0) != MAGIC
        || bytes.getLong(8) < 0
        || bytes.getInt(16) != crc(bytes.getLong(8))) {
      throw new IOException(
          "'"
              + path
              + "' is damaged, so it is not known what was delivered: remove it, then everything in"
              + " the spool is delivered again");
    }
    return bytes.getLong(8);
  }

  private static int crc(long sequence) {
    CRC32C crc = new CRC32C();
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    crc.update(bytes.putLong(MAGIC).putLong(sequence).flip());
    return (int) crc.getValue();
  }

  /** Replaces the sequence; it is durable when the call returns. */
  void write(long sequence) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(MAGIC).putLong(sequence);
    bytes.putInt(16, crc(bytes.getLong(8)));
    bytes.rewind();
    Path temporary = directory.resolve("cursor.tmp");
    try (FileChannel channel =
        disk.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    disk.replace(temporary, path);
    disk.forceDirectory(directory);
  }
}
