package io.forebay.workers.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.WorkerLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What one worker process prints: cut into lines of bounded length, passed on at a bounded rate
 * with a count of what was left out, the last lines kept as evidence. A crash report of the virtual
 * machine is kept, not passed on.
 *
 * <p>Reads only what is there and never waits, so that a grandchild that holds the pipe open delays
 * nobody. Any thread may call; one at a time gets in.
 */
public final class WorkerOutput {
  private static final int MOST_LINE_BYTES = 4096;
  private static final int MOST_LINES_A_SECOND = 200;
  private static final int MOST_BURST = 1000;
  private static final int KEPT_LINES = 20;
  private static final int MOST_CRASH_LINES = 40;
  private static final int MOST_BYTES_A_TURN = 1 << 20;
  private static final long SECOND = 1_000_000_000;

  private final String worker;
  private final InputStream in;
  private final WorkerLog log;
  private final byte[] chunk = new byte[64 << 10];
  private final byte[] line = new byte[MOST_LINE_BYTES];

  @GuardedBy("this")
  private final Deque<String> last = new ArrayDeque<>();

  @GuardedBy("this")
  private final List<String> crash = new ArrayList<>();

  @GuardedBy("this")
  private int length;

  @GuardedBy("this")
  private boolean cut;

  @GuardedBy("this")
  private boolean crashing;

  @GuardedBy("this")
  private boolean ofPython;

  @GuardedBy("this")
  private double tokens = MOST_BURST;

  @GuardedBy("this")
  private long refilled = MonotonicClock.nanos();

  @GuardedBy("this")
  private long dropped;

  @GuardedBy("this")
  private boolean closed;

  public WorkerOutput(String worker, InputStream in, WorkerLog log) {
    this.worker = worker;
    this.in = in;
    this.log = log;
  }

  /** Takes what is there; false if there was nothing. */
  synchronized boolean poll() {
    int taken = 0;
    try {
      int there;
      while (!closed && taken < MOST_BYTES_A_TURN && (there = in.available()) > 0) {
        int read = in.read(chunk, 0, Math.min(there, chunk.length));
        if (read <= 0) {
          break;
        }
        take(read);
        taken += read;
      }
    } catch (IOException e) {
      closed = true;
    }
    reportDropped(false);
    return taken > 0;
  }

  /** After the process has ended: takes the rest, and forgets the pipe. */
  synchronized OutputTail end() {
    while (poll()) {
      // Until there is nothing more.
    }
    if (length > 0 || cut) {
      endLine();
    }
    reportDropped(true);
    closed = true;
    return tail();
  }

  /** The last lines so far. */
  public synchronized OutputTail tail() {
    return new OutputTail(List.copyOf(last), List.copyOf(crash));
  }

  @GuardedBy("this")
  private void take(int bytes) {
    for (int i = 0; i < bytes; i++) {
      byte b = chunk[i];
      if (b == '\n') {
        endLine();
      } else if (length < line.length) {
        line[length++] = b;
      } else {
        cut = true;
      }
    }
  }

  @GuardedBy("this")
  private void endLine() {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    // Control characters could steer the terminal of whoever reads the log.
    String text =
        new String(line, 0, end, StandardCharsets.UTF_8).replaceAll("[\\p{Cc}&&[^\\t]]", "?")
            + (cut ? "…" : "");
    length = 0;
    cut = false;
    if (text.startsWith("# A fatal error has been detected by the Java Runtime Environment")) {
      crashing = true;
    } else if (text.startsWith(OutputTail.PYTHON_CRASH)) {
      crashing = true;
      ofPython = true;
    }
    if (crashing) {
      if (crash.size() < MOST_CRASH_LINES
          && (ofPython ? !text.isEmpty() : text.startsWith("#") && text.length() > 1)) {
        crash.add(text);
      }
      return;
    }
    last.addLast(text);
    if (last.size() > KEPT_LINES) {
      last.removeFirst();
    }
    if (tryAcquire()) {
      log.printed(worker, text);
    } else {
      dropped++;
    }
  }

  @GuardedBy("this")
  private boolean tryAcquire() {
    long now = MonotonicClock.nanos();
    tokens =
        Math.min(MOST_BURST, tokens + (double) (now - refilled) / SECOND * MOST_LINES_A_SECOND);
    refilled = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  @GuardedBy("this")
  private void reportDropped(boolean now) {
    if (dropped > 0 && (now || tryAcquire())) {
      log.printed(
          worker,
          "… " + dropped + " lines left out: more than " + MOST_LINES_A_SECOND + " a second");
      dropped = 0;
    }
  }
}
