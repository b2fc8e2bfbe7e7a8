package io.forebay.cli.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.workers.CallPool;
import io.forebay.workers.api.CallException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives the calls that come through a pipe to a pool, and writes their results as they come, in any
 * order. What the bytes of a call mean is between the Python process and its workers.
 *
 * <p>The thread that serves reads; threads of the pool write, one at a time. The pipe's end is the
 * end of the Python process, or its wish: what runs is killed then.
 */
final class CallServer {
  private final DataInputStream in;
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<Long, CompletableFuture<?>> running = new ConcurrentHashMap<>();

  CallServer(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  /** Serves until the pipe ends. */
  void serve(CallPool<byte[], byte[]> pool) throws IOException {
    write(CallFrame.Kind.READY, 0, new byte[0]);
    for (Optional<CallFrame> next = CallFrame.read(in);
        next.isPresent();
        next = CallFrame.read(in)) {
      CallFrame frame = next.get();
      switch (frame.kind()) {
        case CALL -> call(pool, frame);
        case CANCEL -> cancel(frame.id());
        default ->
            throw new IOException("the Python process sent a frame of the pool's: " + frame.kind());
      }
    }
    running.keySet().forEach(this::cancel);
    pool.close(Duration.ZERO);
  }

  /** Says why there is no pool. */
  void refuse(String sentence) throws IOException {
    write(CallFrame.Kind.REFUSED, 0, sentence.getBytes(UTF_8));
  }

  private void call(CallPool<byte[], byte[]> pool, CallFrame frame) {
    CompletableFuture<byte[]> call = pool.call(frame.payload());
    running.put(frame.id(), call);
    // Runs here if the call is over by now, so what was put is always removed.
    CompletableFuture<byte[]> _ =
        call.whenComplete((result, failure) -> {
          running.remove(frame.id());
          answer(frame.id(), result, failure);
        });
  }

  private void cancel(long id) {
    CompletableFuture<?> call = running.get(id);
    if (call != null) {
      call.cancel(true);
    }
  }

  private void answer(long id, byte @Nullable [] result, @Nullable Throwable failure) {
    try {
      if (result != null) {
        write(CallFrame.Kind.RESULT, id, result);
      } else {
        write(CallFrame.Kind.FAILED, id, words(failure).getBytes(UTF_8));
      }
    } catch (IOException e) {
      // The Python process is gone, which the thread that reads sees, too.
    }
  }

  private static String words(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    return cause instanceof CallException call
        ? call.kind() + "\0" + call.getMessage() + "\0" + call.detail()
        : "CANCELLED\0" + cause + "\0";
  }

  private void write(CallFrame.Kind kind, long id, byte[] payload) throws IOException {
    byte[] frame = new CallFrame(kind, id, payload).bytes();
    writing.lock();
    try {
      out.write(frame);
      out.flush();
    } finally {
      writing.unlock();
    }
  }
}
