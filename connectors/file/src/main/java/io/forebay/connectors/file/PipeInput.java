package io.forebay.connectors.file;

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
    InputStream open() throws IOException;
  }

  /** Some bytes, or the end of the input: with the reason if it has failed. */
  private record Block(ByteBuffer bytes, boolean end, @Nullable IOException failure) {}

  private final BlockingQueue<Block> blocks = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread reader;
  private Block block = new Block(ByteBuffer.allocate(0), false, null);

  PipeInput(String name, Opener opener) {
    reader = Thread.ofPlatform().daemon().name("forebay-read " + name).start(() -> readAll(opener));
  }

  private void readAll(Opener opener) {
    try {
      try (InputStream in = opener.open()) {
        byte[] bytes = new byte[BLOCK_BYTES];
        int count = in.read(bytes);
        while (count >= 0) {
          blocks.put(new Block(ByteBuffer.wrap(Arrays.copyOf(bytes, count)), false, null));
          count = in.read(bytes);
        }
        blocks.put(new Block(ByteBuffer.allocate(0), true, null));
      } catch (IOException e) {
        blocks.put(new Block(ByteBuffer.allocate(0), true, e));
      }
    } catch (InterruptedException closed) {
      // The source wants no more.
    }
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
