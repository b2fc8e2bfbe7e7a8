package io.forebay.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Frames in segments on a disk, written in groups, bounded in size.
 *
 * <p>Any thread may {@link #append}; it blocks while the spool is full. The {@link Flusher} writes
 * groups, makes them durable, tells the {@link SpoolListener}, and removes what was {@link #release
 * released}. Readers see only what is durable. Everything is guarded by {@code lock}.
 *
 * <p>A write that fails (a full disk) is taken back and tried again each second. After a failed
 * fsync nothing is tried again: what is on the disk is not known then.
 */
@SuppressWarnings("GuardedBy") // What look() and change() are given runs under the lock.
final class SpoolLog implements Closeable {
  /** Keeps every frame. */
  static final long ALL = Long.MAX_VALUE;

  private static final long IDLE_NANOS = 1_000_000_000L;

  private final Path directory;
  private final Limits limits;
  private final SpoolFolder folder;
  private final Flusher flusher;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final Segments segments;
  private final Groups groups;

  @GuardedBy("lock")
  private long durable;

  /** While everything up to here is released, waiting for room would be for ever. */
  @GuardedBy("lock")
  private long floor = Long.MAX_VALUE;

  @GuardedBy("lock")
  private boolean hurry;

  @GuardedBy("lock")
  private boolean closing;

  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private @Nullable IOException failure;

  /**
   * Opens the spool and cuts off what a crash has torn.
   *
   * @param head what a new segment begins with; called under the lock, before its first frame
   * @param visitor is told what is in the last segment
   * @param known what the owner of the spool knows
   * @param notices takes sentences about what was found
   * @throws IOException if something is missing that was safe, and that is not accepted
   */
  SpoolLog(
      SpoolFolder.Place place,
      SpoolFolder.Known known,
      SpoolListener listener,
      Supplier<byte[]> head,
      Recovered.Visitor visitor,
      Consumer<String> notices)
      throws IOException {
    directory = place.directory();
    limits = place.limits();
    folder = new SpoolFolder(place, known, visitor, notices);
    Recovered found = folder.found;
    segments = new Segments(found.segments(), folder.delivered);
    durable = folder.last;
    groups =
        new Groups(
            limits,
            head,
            folder.last,
            segments.lastBytes(),
            found.segments().isEmpty() || folder.last > found.lastSequence());
    flusher = new Flusher(this, folder, listener);
    Thread.ofPlatform()
        .daemon()
        .name("forebay-spool-" + directory.getFileName())
        .start(flusher::run);
  }

  /** What was found when it was opened. */
  SpoolFolder folder() {
    return folder;
  }

  /**
   * Appends a frame; it is durable when the listener is told its sequence.
   *
   * @param mark how far a partition is with this frame; null where nobody wants to know
   * @return its sequence
   * @throws IllegalArgumentException if it is larger than {@link Limits#mostPayload}
   */
  long append(byte[] payload, int length, Group.@Nullable Mark mark, long sequence, long offset)
      throws IOException, InterruptedException {
    if (length > limits.mostPayload()) {
      throw new IllegalArgumentException(length + " bytes in a frame");
    }
    long frame = FrameReader.bytes(length);
    lock.lockInterruptibly();
    try {
      while (!fits(frame)) {
        room.await();
      }
      long number = groups.append(payload, length);
      Group group = Objects.requireNonNull(groups.open());
      if (mark != null) {
        group.mark(mark, sequence, offset);
      }
      if (group.bytes.position() >= limits.groupBytes()) {
        groups.close();
        work.signal();
      } else if (number == group.first) {
        work.signal();
      }
      return number;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean fits(long frame) throws IOException {
    throwIfFailed();
    if (closing) {
      throw new IOException("the spool '" + directory + "' is closed");
    }
    long pending = groups.pending();
    return (pending == 0 || pending + frame <= limits.mostPending())
        && (segments.released() >= floor
            || segments.bytes() + pending + frame <= limits.sizeBytes());
  }

  private void throwIfFailed() throws IOException {
    IOException broken = look(() -> failure);
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken);
    }
  }

  /** Waits until everything that was appended is durable. */
  void sync() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long until = groups.last();
      hurry = true;
      work.signal();
      while (durable < until) {
        throwIfFailed();
        progress.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What is appended behind {@code sequence} can be released only when more was appended: so it may
   * exceed the size while everything before is released.
   */
  void floor(long sequence) {
    change(() -> {
      floor = sequence;
      room.signalAll();
    });
  }

  /** Everything up to {@code sequence} is delivered. */
  void release(long sequence) {
    change(() -> {
      if (segments.release(sequence)) {
        room.signalAll();
        if (segments.hasGarbage()) {
          work.signal();
        }
      }
    });
  }

  /** The oldest group that is to be written. */
  @Nullable Group closed() {
    return look(() -> groups.closed());
  }

  /** Waits for what is to be done next. */
  Flusher.Step next() throws InterruptedException {
    lock.lock();
    try {
      long left = limits.groupNanos();
      while (true) {
        boolean open = groups.open() != null;
        if (groups.closed() == null && open && (left <= 0 || hurry || closing)) {
          groups.close();
        }
        if (groups.closed() != null) {
          return Flusher.Step.WRITE;
        }
        hurry = false;
        if (segments.hasGarbage() || segments.isCursorDue(false)) {
          return Flusher.Step.CLEAN;
        }
        if (open) {
          left = work.awaitNanos(left);
        } else if (closing) {
          return Flusher.Step.END;
        } else if (work.awaitNanos(IDLE_NANOS) <= 0 && segments.isCursorDue(true)) {
          return Flusher.Step.PERSIST;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes the newest segment has. */
  long lastBytes() {
    return look(() -> segments.lastBytes());
  }

  /** Waits before a write is tried again; false if the spool is being closed. */
  boolean pause() throws InterruptedException {
    lock.lock();
    try {
      long left = IDLE_NANOS;
      while (left > 0 && !closing) {
        left = work.awaitNanos(left);
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  /** The group is durable, in a segment that now ends at {@code end}. */
  void written(Group group, @Nullable Segment created, long end) {
    change(() -> {
      segments.written(group, created, end);
      groups.written(group, created == null ? 0 : created.begin);
      durable = group.last;
      progress.signalAll();
      room.signalAll();
    });
  }

  Segments.Released releasedSegments() {
    return look(segments::garbage);
  }

  /** The cursor is durable. */
  void persisted(long until) {
    change(() -> segments.persisted(until));
  }

  /** The segment is unlinked. */
  void removed(Segment segment) {
    change(() -> {
      segments.removed(segment);
      room.signalAll();
    });
  }

  /** Nothing can be written any more. */
  void fail(Throwable e) {
    change(() -> {
      failure = SpoolFolder.cannotBeWritten(directory, e);
      room.signalAll();
      progress.signalAll();
    });
  }

  private <T extends @Nullable Object> T look(Supplier<T> at) {
    lock.lock();
    try {
      return at.get();
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a reader of {@code segment} can go on; whether it can. */
  boolean awaitReadable(Segment segment, long position) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (position >= segment.durableBytes && !segment.isSealed()) {
        throwIfFailed();
        if (closing || (ended && durable == groups.last())) {
          return false;
        }
        progress.await();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the segment that holds {@code sequence} or a later one; null if there is none. */
  @Nullable Segment awaitSegment(long sequence) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Segment segment = segments.holding(sequence);
        if (segment != null) {
          return segment;
        }
        throwIfFailed();
        if (closing || (ended && durable == groups.last())) {
          return null;
        }
        progress.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How far the segment may be read. */
  long durableBytes(Segment segment) {
    return look(() -> segment.durableBytes);
  }

  /** Everything up to this sequence is durable. */
  long durable() {
    return look(() -> durable);
  }

  /** The sequence behind which reading begins: everything up to it is delivered. */
  long released() {
    return look(() -> segments.released());
  }

  /** The sequence of the last frame. */
  long last() {
    return look(() -> groups.last());
  }

  Path directory() {
    return directory;
  }

  /** Bytes on the disk and on the way there. */
  long bytes() {
    return look(() -> segments.bytes() + groups.pending());
  }

  /** Nothing will be appended any more: readers come to an end. */
  void end() {
    change(() -> {
      ended = true;
      hurry = true;
      work.signal();
      progress.signalAll();
    });
  }

  /** Makes everything durable, persists the cursor, and ends. */
  @Override
  public void close() throws IOException {
    change(() -> {
      closing = true;
      work.signalAll();
      room.signalAll();
      progress.signalAll();
    });
    flusher.awaitEnd();
    folder.note(durable(), released());
    folder.close();
    throwIfFailed();
  }
}
