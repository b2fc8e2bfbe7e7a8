package io.forebay.connectors.file;

import io.forebay.AgentRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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

  private interface Reading {
    void run() throws InterruptedException;
  }

  /** After how long an input that has ended is opened again. */
  private static final long AGAIN_NANOS = 200_000_000L;

  private static final System.Logger LOG = System.getLogger(PipeInput.class.getName());

  /** Some bytes, or the end of the input: with the reason if it has failed. */
  private record Block(ByteBuffer bytes, boolean end, @Nullable IOException failure) {}

  private final BlockingQueue<Block> blocks = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread reader;

  /** The last byte that was read; belongs to the reader. */
  private byte last = '\n';

  private Block block = new Block(ByteBuffer.allocate(0), false, null);

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

  private Thread start(String name, Reading reading) {
    return Thread.ofPlatform()
        .daemon()
        .name("forebay-read " + name)
        .start(AgentRunner.once(reading::run, this::end));
  }

  /** The reader has ended; an interrupt says that the source wants no more. */
  private void end(Throwable cause) {
    if (!(cause instanceof InterruptedException)) {
      try {
        blocks.put(new Block(ByteBuffer.allocate(0), true, new IOException(cause)));
      } catch (InterruptedException closed) {
        // Nobody reads any more.
      }
    }
  }

  private void readAll(Opener opener) throws InterruptedException {
    try {
      readOnce(opener);
      blocks.put(new Block(ByteBuffer.allocate(0), true, null));
    } catch (IOException e) {
      blocks.put(new Block(ByteBuffer.allocate(0), true, e));
    }
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
        blocks.put(new Block(ByteBuffer.wrap(new byte[] {'\n'}), false, null));
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
          blocks.put(new Block(ByteBuffer.wrap(Arrays.copyOf(bytes, count)), false, null));
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
    while (!block.bytes.hasRemaining()) {
      if (block.end) {
        if (block.failure != null) {
          throw block.failure;
        }
        return -1;
      }
      try {
        block = blocks.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClosedByInterruptException();
      }
    }
    int count = Math.min(length, block.bytes.remaining());
    block.bytes.get(into, at, count);
    return count;
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
