package io.forebay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
 *   0  u64  magic "FBSPOOL1"
 *   8  u64  first sequence
 *  16  u32  length of the head
 *  20  u32  CRC32C of bytes 0..19 and of the head
 *  24       head: what the spool's owner keeps there
 * </pre>
 *
 * How far it may be read is guarded by the {@link SpoolLog}'s lock.
 */
final class Segment {
  static final int HEADER_BYTES = 24;
  static final String SUFFIX = ".spool";

  private static final long MAGIC = 0x314C_4F4F_5053_4246L; // "FBSPOOL1"
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
  static ByteBuffer header(long first, byte[] head) {
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES + head.length).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putLong(first).putInt(head.length).putInt(0).put(head).flip();
    header.putInt(20, crc(header.array(), head.length));
    return header;
  }

  private static int crc(byte[] bytes, int head) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 20);
    crc.update(bytes, HEADER_BYTES, head);
    return (int) crc.getValue();
  }

  /** A segment's beginning, read back. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Opening(Segment segment, byte[] head) {}

  /** Reads how a segment begins; empty if that is damaged or not written to its end. */
  static Optional<Opening> open(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.READ))) {
      ByteBuffer fixed = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (!fill(channel, fixed, 0) || fixed.getLong(0) != MAGIC) {
        return Optional.empty();
      }
      int length = fixed.getInt(16);
      if (length < 0 || length > MOST_HEAD_BYTES || length > channel.size() - HEADER_BYTES) {
        return Optional.empty();
      }
      ByteBuffer all = ByteBuffer.allocate(HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
      if (!fill(channel, all, 0) || all.getInt(20) != crc(all.array(), length)) {
        return Optional.empty();
      }
      byte[] head = new byte[length];
      all.get(HEADER_BYTES, head);
      long first = all.getLong(8);
      if (first < 1
          || !path(path.resolveSibling(""), first).getFileName().equals(path.getFileName())) {
        return Optional.empty();
      }
      return Optional.of(new Opening(new Segment(path, first, HEADER_BYTES + (long) length), head));
    }
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
