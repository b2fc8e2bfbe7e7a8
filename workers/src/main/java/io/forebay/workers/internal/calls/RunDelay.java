package io.forebay.workers.internal.calls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How long the calling thread could have run but had no core: the second number of its {@code
 * schedstat} (Linux, Documentation/scheduler/sched-stats.rst). Other programs, a CPU quota and
 * other threads of the engine make it grow. The file stays open, and is read at its start each
 * time, which takes about a microsecond; who was interrupted has to open it again. Belongs to who
 * measures a thread; another platform thread may come, a virtual one has none of its own.
 */
final class RunDelay implements AutoCloseable {
  private static final Path OWN = Path.of("/proc/thread-self/schedstat");
  private static final boolean TOLD = Files.isReadable(OWN);
  private static final int MOST_BYTES = 96;

  private final ByteBuffer text = ByteBuffer.allocateDirect(MOST_BYTES);
  private @Nullable FileChannel file;
  private @Nullable Thread of;

  /** Of the calling thread since it began; -1 where nobody tells. */
  long nanos() {
    Thread caller = Thread.currentThread();
    if (!TOLD || caller.isVirtual()) {
      return -1;
    }
    try {
      FileChannel open = file;
      if (open == null || of != caller) {
        close();
        open = FileChannel.open(OWN);
        file = open;
        of = caller;
      }
      text.clear();
      open.read(text, 0);
      return parse();
    } catch (IOException e) {
      close();
      return -1;
    }
  }

  /** The second of the numbers, which are separated by one blank. */
  private long parse() {
    int at = 0;
    while (at < text.position() && text.get(at) != ' ') {
      at++;
    }
    long nanos = 0;
    boolean some = false;
    for (at++; at < text.position(); at++) {
      int digit = text.get(at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      nanos = nanos * 10 + digit;
      some = true;
    }
    return some ? nanos : -1;
  }

  @Override
  public void close() {
    FileChannel open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It was only read.
      }
    }
  }
}
