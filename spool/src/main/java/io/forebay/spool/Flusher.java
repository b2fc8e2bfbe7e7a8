package io.forebay.spool;

import io.forebay.internal.files.Remedy;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes the groups of a {@link SpoolLog}, makes them durable, tells the listener, and removes what
 * is released: the cursor is durable before a segment is unlinked.
 *
 * <p>A thread of its own runs {@link #run}; it does its I/O without the log's lock, and alone uses
 * {@code folder} until it ends.
 */
final class Flusher {
  private final SpoolLog log;
  private final SpoolFolder folder;
  private final SegmentWriter writer;
  private final SpoolListener listener;
  private final CountDownLatch ended = new CountDownLatch(1);

  Flusher(SpoolLog log, SpoolFolder folder, SpoolListener listener) {
    this.log = log;
    this.folder = folder;
    this.writer = folder.writer;
    this.listener = listener;
  }

  /** What is to be done next. */
  enum Step {
    WRITE,
    CLEAN,
    PERSIST,
    END
  }

  void run() {
    try {
      for (Step step = log.next(); step != Step.END; step = log.next()) {
        Group group = step == Step.WRITE ? log.closed() : null;
        if (group != null) {
          write(group);
        }
        clean(step == Step.PERSIST);
      }
      clean(true);
    } catch (Throwable e) { // Whatever it is: nobody may wait for this thread for ever.
      log.fail(e);
    } finally {
      ended.countDown();
    }
  }

  /** Waits, also when interrupted, until {@link #run} has ended. */
  void awaitEnd() {
    boolean interrupted = false;
    while (ended.getCount() > 0) {
      try {
        ended.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Group group) throws IOException, InterruptedException {
    Segment created = null;
    while (true) {
      try {
        if (group.newSegmentHead != null && created == null) {
          created = writer.create(group.first, group.newSegmentHead);
        }
        writer.write(group.bytes);
        break;
      } catch (IOException e) {
        takeBack(created, e);
      }
    }
    listener.trouble("");
    long end = writer.makeDurable(created != null);
    log.written(group, created, end);
    folder.note(group.last, log.released()); // Before anybody is told that it is safe.
    listener.durable(group.last, group.marks);
  }

  /** A write failed: takes back what is there of the group, and waits. */
  private void takeBack(@Nullable Segment created, IOException cause)
      throws IOException, InterruptedException {
    writer.takeBack(created != null ? created.begin : log.lastBytes());
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String what = "the spool '" + log.directory() + "' cannot be written: " + reason;
    listener.trouble(what + "; " + Remedy.of(cause) + ", it is tried again each second");
    if (!log.pause()) {
      throw new IOException(
          "the spool '" + log.directory() + "' could not be written to its end: " + reason, cause);
    }
  }

  /** Persists the cursor, then unlinks what lies before it. */
  private void clean(boolean always) throws IOException {
    Segments.Released released = log.releasedSegments();
    if (released.isCursorDue(always)) {
      folder.persist(released.until());
      folder.note(log.durable(), released.until());
      log.persisted(released.until());
    }
    for (Segment segment : released.segments()) {
      writer.delete(segment);
      log.removed(segment);
    }
  }
}
