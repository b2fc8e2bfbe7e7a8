package io.forebay.connectors.file;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.forebay.formats.ByteStream;
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

  private ByteInput(String name, @Nullable FileChannel channel, @Nullable InputStream stream) {
    this.name = name;
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
        return new ByteInput(name, null, new GzipInput(compressed));
      }
      if (lower.endsWith(".zst")) {
        if (channel.size() == 0) {
          throw new EOFException("not even the header of a frame");
        }
        InputStream compressed = Channels.newInputStream(channel);
        return new ByteInput(name, null, new ZstdInputStream(compressed));
      }
      return new ByteInput(name, channel, null);
    } catch (EOFException | ZipException | ZstdIOException e) {
      channel.close();
      throw new IOException(damaged(name), e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  static ByteInput of(InputStream stream) {
    return new ByteInput("standard input", null, stream);
  }

  /** What a pipe gives, decompressed if its name says so. */
  static ByteInput of(Path path, InputStream pipe) throws IOException {
    String name = path.toString();
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz")) {
      return new ByteInput(name, null, new GzipInput(pipe));
    }
    return new ByteInput(name, null, lower.endsWith(".zst") ? new ZstdInputStream(pipe) : pipe);
  }

  private static String damaged(String name) {
    return "'" + name + "' is damaged or cut off: it cannot be decompressed further";
  }

  String name() {
    return name;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException, InterruptedException {
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
   * Goes on behind the first {@code offset} bytes, which an earlier run has read up to a line's
   * end.
   *
   * @return how many newlines are among them, or -1 if they were not looked at
   */
  long skip(long offset, boolean count) throws IOException, InterruptedException {
    if (channel != null && !count) {
      long size = channel.size();
      if (size < offset) {
        throw changed("it has " + size + " bytes, but " + offset + " had been read");
      }
      if (offset > 0 && offset < size) {
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, offset - 1);
        if (last.get(0) != '\n') {
          throw changed("at byte " + offset + ", where reading had stopped, no line begins");
        }
      }
      channel.position(offset);
      return -1;
    }
    byte[] bytes = new byte[BLOCK_BYTES];
    long lines = 0;
    byte last = '\n';
    for (long left = offset; left > 0; ) {
      int read = read(bytes, 0, (int) Math.min(left, bytes.length));
      if (read < 0) {
        throw changed("it has " + (offset - left) + " bytes, but " + offset + " had been read");
      }
      for (int i = 0; i < read; i++) {
        lines += bytes[i] == '\n' ? 1 : 0;
      }
      last = bytes[read - 1];
      left -= read;
    }
    if (last != '\n') {
      int read = read(bytes, 0, 1);
      if (read > 0) {
        throw changed("at byte " + offset + ", where reading had stopped, no line begins");
      }
    }
    return lines;
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
