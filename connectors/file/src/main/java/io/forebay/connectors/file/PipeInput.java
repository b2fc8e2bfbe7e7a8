package io.forebay.connectors.file;

import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Mailbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The standard input or a pipe, read ahead by a thread of its own: a read that waits for the other
 * side cannot be interrupted on a virtual thread, but waiting for the reader can. At most {@value
 * #BLOCKS} blocks are read ahead.
 *
 * <p>The reader is a daemon thread that ends with the input, or with the process if the other side
 * never writes again. Everything else belongs to one thread, the source's.
 */
final class PipeInput extends InputStream {
  private static final int BLOCKS = 2;
  private static final int BLOCK_BYTES = 256 << 10;

  /** Opens the input; may wait for the other side of a pipe. */
  interface Opener {
    InputStream open() throws IOException, InterruptedException;
  }

  /** After how long an input that has ended is opened again. */
  private static final long AGAIN_NANOS = 200_000_000L;

  private static final System.Logger LOG = System.getLogger(PipeInput.class.getName());

  private final Mailbox<ByteBuffer> blocks = Mailbox.ofElements(BLOCKS);
  private final Thread reader;

  /** Why the input has ended, if not because it was read; set before the mailbox is closed. */
  private volatile @Nullable IOException failure;

  /** The last byte that was read; belongs to the reader. */
  private byte last = '\n';

  private @Nullable ByteBuffer block = ByteBuffer.allocate(0);

  PipeInput(String name, Opener opener) {
    reader = start(name, () -> readAll(opener));
  }

  /**
   * A pipe or device that is opened again when the other side has closed it, or when it is gone,
   * until the source is closed. What was written before ends as a line.
   */
  PipeInput(String name, Opener opener, Waiting waiting) {
    reader = start(name, () -> readAgainAndAgain(name, opener, waiting));
  }

  private Thread start(String name, AgentRunner.Task reading) {
    return Thread.ofPlatform()
        .daemon()
        .name("forebay-read " + name)
        .start(AgentRunner.once(reading, this::end));
  }

  /** The reader has ended; an interrupt says that the source wants no more. */
  private void end(Throwable cause) {
    if (!(cause instanceof InterruptedException)) {
      failure = cause instanceof IOException e ? e : new IOException(cause);
      blocks.close();
    }
  }

  private void readAll(Opener opener) throws IOException, InterruptedException {
    readOnce(opener);
    blocks.close();
  }

  private void readAgainAndAgain(String name, Opener opener, Waiting waiting)
      throws InterruptedException {
    boolean said = false;
    while (true) {
      try {
        if (readOnce(opener) > 0) {
          said = false;
        }
      } catch (IOException e) {
        if (!said) {
          LOG.log(
              System.Logger.Level.WARNING,
              "''{0}'' cannot be read: {1}; it is tried again until it is back",
              name,
              FileOrigin.reason(e));
        }
        said = true;
      }
      if (last != '\n') {
        blocks.put(ByteBuffer.wrap(new byte[] {'\n'}));
        last = '\n';
      }
      waiting.await(AGAIN_NANOS);
    }
  }

  /** Reads to the end; returns how many bytes there were. */
  private long readOnce(Opener opener) throws IOException, InterruptedException {
    long total = 0;
    try (InputStream in = opener.open()) {
      byte[] bytes = new byte[BLOCK_BYTES];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (count > 0) {
          last = bytes[count - 1];
          total += count;
          blocks.put(ByteBuffer.wrap(Arrays.copyOf(bytes, count)));
        }
      }
    }
    return total;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    ByteBuffer bytes = block;
    while (bytes != null && !bytes.hasRemaining()) {
      bytes = next();
    }
    block = bytes;
    if (bytes == null) {
      IOException reason = failure;
      if (reason != null) {
        throw reason;
      }
      return -1;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(into, at, count);
    return count;
  }

  private @Nullable ByteBuffer next() throws IOException {
    try {
      return blocks.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
