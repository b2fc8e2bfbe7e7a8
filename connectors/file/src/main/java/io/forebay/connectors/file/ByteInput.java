package io.forebay.connectors.file;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.forebay.formats.api.ByteStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The bytes of a file, decompressed, from the first to the last. Used by one thread. */
final class ByteInput implements ByteStream, Closeable {
  private static final int BLOCK_BYTES = 256 << 10;

  private final String name;
  private final @Nullable FileChannel channel;
  private final @Nullable InputStream stream;
  private final ByteBuffer block;
  private byte[] again = new byte[0];
  private int againFrom;

  /** The first bytes, as far as they were read; kept where they can be read again. */
  private final byte[] head = new byte[FileMark.HEAD_BYTES];

  private int headLength;
  private int headHash;
  private final boolean marked;

  private ByteInput(
      String name, boolean marked, @Nullable FileChannel channel, @Nullable InputStream stream) {
    this.name = name;
    this.marked = marked;
    this.channel = channel;
    this.stream = stream;
    this.block = ByteBuffer.allocateDirect(stream == null ? BLOCK_BYTES : 0);
  }

  static ByteInput open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    String name = path.toString();
    String lower = name.toLowerCase(Locale.ROOT);
    try {
      if (lower.endsWith(".gz")) {
        InputStream compressed = Channels.newInputStream(channel);
        return new ByteInput(name, true, null, new GzipInput(compressed));
      }
      if (lower.endsWith(".zst")) {
        if (channel.size() == 0) {
          throw new EOFException("not even the header of a frame");
        }
        InputStream compressed = Channels.newInputStream(channel);
        return new ByteInput(name, true, null, new ZstdInputStream(compressed));
      }
      return new ByteInput(name, true, channel, null);
    } catch (EOFException | ZipException | ZstdIOException e) {
      channel.close();
      throw new IOException(damaged(name), e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  static ByteInput of(InputStream stream) {
    return new ByteInput("standard input", false, null, stream);
  }

  /** What a pipe gives, decompressed if its name says so. */
  static ByteInput of(Path path, InputStream pipe) throws IOException {
    String name = path.toString();
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz")) {
      return new ByteInput(name, false, null, new GzipInput(pipe));
    }
    return new ByteInput(
        name, false, null, lower.endsWith(".zst") ? new ZstdInputStream(pipe) : pipe);
  }

  private static String damaged(String name) {
    return "'" + name + "' is damaged or cut off: it cannot be decompressed further";
  }

  String name() {
    return name;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException, InterruptedException {
    int count = readOn(into, at, length);
    if (headLength < head.length && count > 0) {
      int more = Math.min(count, head.length - headLength);
      System.arraycopy(into, at, head, headLength, more);
      headLength += more;
      headHash = FileMark.headHash(head, headLength);
    }
    return count;
  }

  @Override
  public long offset(long place, byte[] bytes, int end) {
    if (!marked) {
      return place;
    }
    int hash = place < head.length ? FileMark.headHash(head, place) : headHash;
    return FileMark.offset(place, hash, bytes, end);
  }

  private int readOn(byte[] into, int at, int length) throws IOException, InterruptedException {
    if (againFrom < again.length) {
      int count = Math.min(length, again.length - againFrom);
      System.arraycopy(again, againFrom, into, at, count);
      againFrom += count;
      return count;
    }
    try {
      if (channel == null) {
        return stream == null ? -1 : stream.read(into, at, length);
      }
      block.clear().limit(Math.min(length, BLOCK_BYTES));
      int count = channel.read(block);
      if (count > 0) {
        block.flip().get(into, at, count);
      }
      return count;
    } catch (ClosedByInterruptException e) {
      throw interrupted();
    } catch (EOFException | ZipException | ZstdIOException e) {
      throw new IOException(damaged(name), e);
    } catch (IOException e) {
      throw new IOException("'" + name + "' cannot be read: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("ThreadInterrupted")
  static InterruptedException interrupted() {
    // The channel leaves the flag set; the exception takes its place.
    Thread.interrupted();
    return new InterruptedException();
  }

  /** Makes the next reads give {@code bytes} before what follows in the file. */
  void readAgain(byte[] bytes, int length) {
    again = Arrays.copyOf(bytes, length);
    againFrom = 0;
  }

  /**
   * Goes on behind what an earlier run has read, up to a line's end.
   *
   * @return how many newlines are in that, or -1 if they were not looked at
   * @throws IOException if this is not the file that was read
   */
  long skip(FileMark mark, boolean count) throws IOException, InterruptedException {
    return channel != null && !count ? seek(channel, mark) : readThrough(mark);
  }

  /**
   * Looks whether this is the file that was read, if that needs a few bytes of it only.
   *
   * @throws IOException if it is not
   */
  void check(FileMark mark) throws IOException {
    if (channel != null) {
      seek(channel, mark);
    }
  }

  private long seek(FileChannel file, FileMark mark) throws IOException {
    long place = mark.place();
    long size = file.size();
    if (size < place) {
      throw tooShort(size, place);
    }
    headLength = fill(file, ByteBuffer.wrap(head), 0);
    headHash = FileMark.headHash(head, headLength);
    ByteBuffer before = ByteBuffer.allocate((int) Math.min(place, FileMark.LINE_BYTES));
    fill(file, before, place - before.capacity());
    check(mark, before.array(), place < size);
    file.position(place);
    return -1;
  }

  private static int fill(FileChannel file, ByteBuffer buffer, long from) throws IOException {
    while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) >= 0) {
      // Up to the end.
    }
    return buffer.position();
  }

  private long readThrough(FileMark mark) throws IOException, InterruptedException {
    byte[] bytes = new byte[BLOCK_BYTES + FileMark.LINE_BYTES];
    long lines = 0;
    int kept = 0;
    for (long left = mark.place(); left > 0; ) {
      int read = read(bytes, kept, (int) Math.min(left, BLOCK_BYTES));
      if (read < 0) {
        throw tooShort(mark.place() - left, mark.place());
      }
      for (int i = kept; i < kept + read; i++) {
        lines += bytes[i] == '\n' ? 1 : 0;
      }
      left -= read;
      int end = kept + read;
      kept = Math.min(end, FileMark.LINE_BYTES);
      System.arraycopy(bytes, end - kept, bytes, 0, kept);
    }
    byte[] before = Arrays.copyOf(bytes, kept);
    boolean more = kept > 0 && before[kept - 1] != '\n' && read(bytes, 0, 1) > 0;
    check(mark, before, more);
    return lines;
  }

  private void check(FileMark mark, byte[] before, boolean more) throws IOException {
    if (more && before.length > 0 && before[before.length - 1] != '\n') {
      throw changed("at byte " + mark.place() + ", where reading had stopped, no line begins");
    }
    if (!mark.matches(head, before)) {
      throw changed(
          "it begins with other bytes, or another line stands before byte "
              + mark.place()
              + ", where reading had stopped");
    }
  }

  private IOException tooShort(long size, long place) {
    return changed("it has " + size + " bytes, but " + place + " had been read");
  }

  private IOException changed(String how) {
    return new IOException(
        "'"
            + name
            + "' is not the file that an earlier run has read: "
            + how
            + "; put the file back, or start over with --fresh");
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
    if (stream != null) {
      stream.close();
    }
  }
}
