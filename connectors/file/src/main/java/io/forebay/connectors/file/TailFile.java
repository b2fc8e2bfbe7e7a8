package io.forebay.connectors.file;

import io.forebay.formats.api.ByteStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;

/** A file that may have another name by now, open for reading. Used by one thread. */
final class TailFile implements Closeable {
  private final FileChannel channel;
  private final Object key;

  private TailFile(FileChannel channel, Object key) {
    this.channel = channel;
    this.key = key;
  }

  /** Opens the file that has the name now; empty if there is none. */
  static Optional<TailFile> open(Path path) throws IOException {
    while (true) {
      Optional<Object> before = key(path);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      FileChannel channel;
      try {
        channel = FileChannel.open(path);
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
      // The name may go to another file meanwhile: then look again.
      if (key(path).equals(before)) {
        return Optional.of(new TailFile(channel, before.get()));
      }
      channel.close();
    }
  }

  /** What tells the file apart from all others that exist now: its inode, where there are some. */
  static Optional<Object> key(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      Object key = attributes.fileKey();
      return Optional.of(key != null ? key : attributes.creationTime());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  Object key() {
    return key;
  }

  int inodeHash() {
    return TailMark.inodeHash(key);
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Reads at most {@code length} bytes at {@code place}; 0 or less where there are none. */
  int read(long place, byte[] into, int at, int length) throws IOException {
    return channel.read(ByteBuffer.wrap(into, at, length), place);
  }

  /** What is in it now, from its first byte on. */
  ByteStream beginning() {
    return new ByteStream() {
      private long place;

      @Override
      public int read(byte[] into, int at, int length) throws IOException {
        int count = TailFile.this.read(place, into, at, length);
        place += Math.max(0, count);
        return count > 0 ? count : -1;
      }
    };
  }

  /** The bytes before {@code place}, at most {@code count} and as many as there are. */
  byte[] before(long place, int count) throws IOException {
    int length = (int) Math.min(place, count);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, place - length + bytes.position()) > 0) {
      // Up to the end.
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Whether the file holds what was read when the mark was made. */
  boolean matches(TailMark mark) throws IOException {
    if (size() < mark.place()) {
      return false;
    }
    if (mark.place() == 0 || mark.line() == 0) {
      return mark.inode() == inodeHash();
    }
    byte[] line = before(mark.place(), TailMark.LINE_BYTES);
    return line.length > 0 && TailMark.lineHash(line, line.length) == mark.line();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
