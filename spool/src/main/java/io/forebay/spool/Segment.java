package io.forebay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A file of frames, named after its first sequence. It begins with a head that says what holds
 * before that frame, so that nothing before it has to be read:
 *
 * <pre>
 *   0  u64  magic "FBSPOOL2"
 *   8  u64  first sequence
 *  16  u64  identity of the spool
 *  24  u32  length of the head
 *  28  u32  CRC32C of bytes 0..27 and of the head
 *  32       head: what the spool's owner keeps there
 * </pre>
 *
 * Those of version 1 ("FBSPOOL1") have no identity: the length of the head at 16, the CRC32C at 20,
 * the head at 24.
 *
 * <p>How far it may be read is guarded by the {@link SpoolLog}'s lock.
 */
final class Segment {
  static final int HEADER_BYTES = 32;
  static final String SUFFIX = ".spool";

  private static final long MAGIC = 0x324C_4F4F_5053_4246L; // "FBSPOOL2"
  private static final long MAGIC_1 = 0x314C_4F4F_5053_4246L; // "FBSPOOL1"
  private static final int HEADER_BYTES_1 = 24;
  private static final int MOST_HEAD_BYTES = 64 << 20;

  final Path path;
  final long first;
  final long begin;

  /** Up to where the file holds frames that are durable. */
  long durableBytes;

  /** The sequence of the last frame, once there will be no more in this segment. */
  long last = -1;

  Segment(Path path, long first, long begin) {
    this.path = path;
    this.first = first;
    this.begin = begin;
    this.durableBytes = begin;
  }

  boolean isSealed() {
    return last >= 0;
  }

  static Path path(Path directory, long first) {
    return directory.resolve("%019d%s".formatted(first, SUFFIX));
  }

  /** The segments in the directory, oldest first. */
  static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = new ArrayList<>();
      files.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).forEach(found::add);
      found.sort(null);
      return found;
    }
  }

  /** The bytes with which a segment begins. */
  static ByteBuffer header(long first, long id, byte[] head) {
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES + head.length).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putLong(first).putLong(id).putInt(head.length).putInt(0).put(head).flip();
    header.putInt(HEADER_BYTES - 4, crc(header.array(), HEADER_BYTES, head.length));
    return header;
  }

  private static int crc(byte[] bytes, int fixed, int head) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, fixed - 4);
    crc.update(bytes, fixed, head);
    return (int) crc.getValue();
  }

  /**
   * A segment's beginning, read back.
   *
   * @param id of its spool; 0 where it does not say it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Opening(Segment segment, long id, byte[] head) {}

  /** Reads how a segment begins; empty if that is damaged or not written to its end. */
  static Optional<Opening> open(Path path) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("'" + path + "' is no file, and a part of the spool has that name");
    }
    try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.READ))) {
      ByteBuffer magic = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      if (!fill(channel, magic, 0) || (magic.getLong(0) != MAGIC && magic.getLong(0) != MAGIC_1)) {
        return Optional.empty();
      }
      boolean old = magic.getLong(0) == MAGIC_1;
      int fixed = old ? HEADER_BYTES_1 : HEADER_BYTES;
      ByteBuffer start = ByteBuffer.allocate(fixed).order(ByteOrder.LITTLE_ENDIAN);
      if (!fill(channel, start, 0)) {
        return Optional.empty();
      }
      int length = start.getInt(fixed - 8);
      if (length < 0 || length > MOST_HEAD_BYTES || length > channel.size() - fixed) {
        return Optional.empty();
      }
      ByteBuffer all = ByteBuffer.allocate(fixed + length).order(ByteOrder.LITTLE_ENDIAN);
      if (!fill(channel, all, 0) || all.getInt(fixed - 4) != crc(all.array(), fixed, length)) {
        return Optional.empty();
      }
      byte[] head = new byte[length];
      all.get(fixed, head);
      long first = all.getLong(8);
      if (first < 1 || first != named(path)) {
        return Optional.empty();
      }
      Segment segment = new Segment(path, first, fixed + (long) length);
      return Optional.of(new Opening(segment, old ? 0 : all.getLong(16), head));
    }
  }

  /** The sequence in the name of the file; 0 if it is not the name of a segment. */
  static long named(Path path) {
    String name = path.getFileName().toString();
    String digits = name.substring(0, name.length() - SUFFIX.length());
    return digits.matches("[0-9]{19}") ? Long.parseUnsignedLong(digits) : 0;
  }

  private static boolean fill(FileChannel channel, ByteBuffer buffer, long from)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "'" + path + "'";
  }
}
