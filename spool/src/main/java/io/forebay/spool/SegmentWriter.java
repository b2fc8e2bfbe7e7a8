package io.forebay.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The newest segment of a spool, to which groups are written. Used by the thread that opens the
 * spool, then by the {@link Flusher}, and after its end by who closes the spool.
 */
final class SegmentWriter implements Closeable {
  private final Path directory;
  private final long id;
  private final SpoolDisk disk;
  private @Nullable FileChannel channel;

  /**
   * @param id the identity of the spool
   */
  SegmentWriter(Path directory, long id, SpoolDisk disk) {
    this.directory = directory;
    this.id = id;
    this.disk = disk;
  }

  /** Goes on in the last segment that was found, without what a crash has torn. */
  void takeOver(Recovered found, Segment last, Consumer<String> notices) throws IOException {
    FileChannel opened = disk.open(last.path, Set.of(StandardOpenOption.WRITE));
    channel = opened;
    if (found.tornBytes() > 0) {
      opened.truncate(last.durableBytes);
      notices.accept(
          "the spool '"
              + directory
              + "': "
              + found.tornBytes()
              + " bytes that were being written when the last run ended, and that nobody was told"
              + " were safe, are cut off");
    }
    // What the last run had written and not made durable is about to be read.
    opened.force(false);
    disk.forceDirectory(directory);
    opened.position(last.durableBytes);
  }

  /** Begins a segment. */
  Segment create(long first, byte[] head) throws IOException {
    Path path = Segment.path(directory, first);
    FileChannel file =
        disk.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      ByteBuffer header = Segment.header(first, id, head);
      while (header.hasRemaining()) {
        file.write(header);
      }
    } catch (IOException e) {
      file.close();
      disk.delete(path);
      throw e;
    }
    if (channel != null) {
      channel.close();
    }
    channel = file;
    return new Segment(path, first, Segment.HEADER_BYTES + (long) head.length);
  }

  /** Writes everything that was put into the buffer. */
  void write(ByteBuffer all) throws IOException {
    ByteBuffer from = all.duplicate().flip();
    FileChannel file = current();
    while (from.hasRemaining()) {
      file.write(from);
    }
  }

  /** Takes back what was written behind {@code position}, if there is a segment. */
  void takeBack(long position) throws IOException {
    FileChannel file = channel;
    if (file != null && position > 0) {
      file.truncate(position);
      file.position(position);
    }
  }

  /**
   * Makes what was written durable, and the name of the segment if it is new.
   *
   * @return how many bytes the segment has
   */
  long makeDurable(boolean isNew) throws IOException {
    FileChannel file = current();
    file.force(false);
    if (isNew) {
      disk.forceDirectory(directory);
    }
    return file.position();
  }

  void delete(Segment segment) throws IOException {
    disk.delete(segment.path);
  }

  private FileChannel current() {
    FileChannel file = channel;
    if (file == null) {
      throw new IllegalStateException("the spool has no segment");
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    FileChannel file = channel;
    if (file != null) {
      file.close();
    }
  }
}
