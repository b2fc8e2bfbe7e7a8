package io.forebay.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Frames in segments on a disk, written in groups, bounded in size.
 *
 * <p>Any thread may {@link #append}; it blocks while the spool is full. The {@link Flusher} writes
 * groups, makes them durable, tells the {@link Listener}, and removes what was {@link #release
 * released}. Readers see only what is durable. Everything is guarded by {@code lock}.
 *
 * <p>A write that fails (a full disk) is taken back and tried again each second. After a failed
 * fsync nothing is tried again: what is on the disk is not known then.
 */
final class SpoolLog implements Closeable {
  /** Frames that are released before the cursor is persisted without anybody waiting for it. */
  private static final long CURSOR_EVERY = 65_536;

  /** Keeps every frame. */
  static final long ALL = Long.MAX_VALUE;

  private static final long IDLE_NANOS = 1_000_000_000L;

  /** Is told on the flusher's thread. */
  interface Listener {
    /** Everything up to {@code sequence} is durable; and how far partitions are with it. */
    void durable(long sequence, List<Group.Reached> marks);

    /** Writing fails and is tried again, or (with an empty text) goes well again. */
    void trouble(String what);
  }

  private final Path directory;
  private final Limits limits;
  private final Supplier<byte[]> head;
  private final FileChannel lockFile;
  private final SegmentWriter writer;
  private final Flusher flusher;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private final ArrayDeque<Group> closed = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private @Nullable Group open;
  private long nextSequence;
  private long durable;
  private long released;

  /** While everything up to here is released, waiting for room would be for ever. */
  private long floor = Long.MAX_VALUE;

  private long persisted;

  /** Bytes in segments, and bytes that wait to be written. */
  private long bytes;

  private long pending;

  /** What the newest segment will have once everything is written; 0: it has no frame. */
  private long segmentBytes;

  private boolean newSegment = true;
  private boolean hurry;
  private boolean closing;
  private boolean ended;
  private @Nullable IOException failure;

  /**
   * Opens the spool and cuts off what a crash has torn.
   *
   * @param head what a new segment begins with; called under the lock, before its first frame
   * @param visitor is told what is in the last segment
   * @param keep what stands behind this sequence is cut off first; {@link #ALL} keeps everything
   * @param atLeast new sequences are greater
   * @param notices takes sentences about what was found
   */
  SpoolLog(
      Path directory,
      Limits limits,
      Disk disk,
      Listener listener,
      Supplier<byte[]> head,
      Recovered.Visitor visitor,
      long keep,
      long atLeast,
      Consumer<String> notices)
      throws IOException {
    this.directory = directory;
    this.limits = limits;
    this.head = head;
    this.writer = new SegmentWriter(directory, disk);
    Files.createDirectories(directory);
    lockFile = lock(directory);
    try {
      if (keep != ALL) {
        Tail.cut(directory, keep, disk);
      }
      Cursor cursor = new Cursor(directory, disk);
      flusher = new Flusher(this, writer, cursor, listener);
      released = cursor.read();
      persisted = released;
      Recovered found = Recovered.of(directory, visitor);
      released = Math.max(released, atLeast);
      nextSequence = Math.max(found.lastSequence(), released) + 1;
      durable = nextSequence - 1;
      if (found.tornFile().isPresent()) {
        disk.delete(found.tornFile().get());
      }
      takeOver(found, notices);
      if (durable > found.lastSequence() && released > persisted) {
        cursor.write(released); // Sequences do not follow on: that must not look like a loss.
        persisted = released;
      }
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
    Thread.ofPlatform()
        .daemon()
        .name("forebay-spool-" + directory.getFileName())
        .start(flusher::run);
  }

  private static FileChannel lock(Path directory) throws IOException {
    Path path = directory.resolve("lock");
    FileChannel file =
        Disk.REAL.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    FileLock held;
    try {
      held = file.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null;
    }
    if (held == null) {
      file.close();
      throw new IOException(
          "the spool '" + directory + "' is in use: wait for that, or name another path");
    }
    return file;
  }

  private void takeOver(Recovered found, Consumer<String> notices) throws IOException {
    segments.addAll(found.segments());
    for (Segment segment : segments) {
      bytes += segment.durableBytes;
    }
    Segment last = segments.peekLast();
    if (last != null) {
      writer.takeOver(found, last, notices);
      newSegment = durable > found.lastSequence();
      segmentBytes = last.durableBytes;
    }
  }

  // ------------------------------------------------------------------ writing

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
    long frame = Frames.bytes(length);
    lock.lockInterruptibly();
    try {
      while (!fits(frame)) {
        room.await();
      }
      Group group = groupFor(frame);
      long number = nextSequence++;
      Frames.put(group.bytes, number, group.first - 1, payload, length);
      group.last = number;
      pending += frame;
      segmentBytes += frame;
      if (mark != null) {
        group.mark(mark, sequence, offset);
      }
      if (group.bytes.position() >= limits.groupBytes()) {
        closeGroup();
        work.signal();
      } else if (number == group.first) {
        work.signal();
      }
      return number;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long frame) throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    if (closing) {
      throw new IOException("the spool '" + directory + "' is closed");
    }
    return (pending == 0 || pending + frame <= limits.mostPending())
        && (released >= floor || bytes + pending + frame <= limits.sizeBytes());
  }

  private Group groupFor(long frame) {
    boolean roll = newSegment || segmentBytes + frame > limits.segmentBytes();
    Group group = open;
    if (group != null && (roll || group.bytes.remaining() < frame)) {
      closeGroup();
      group = null;
    }
    if (group == null) {
      byte[] begins = roll ? head.get() : null;
      group = new Group(nextSequence, begins, buffer(frame));
      open = group;
      if (begins != null) {
        segmentBytes = Segment.HEADER_BYTES + (long) begins.length;
        pending += segmentBytes;
        newSegment = false;
      }
    }
    return group;
  }

  private ByteBuffer buffer(long frame) {
    ByteBuffer reused = spare.pollFirst();
    int least = (int) Math.max(frame, limits.groupBytes() + (limits.groupBytes() >> 2));
    return reused != null && reused.capacity() >= least
        ? reused.clear()
        : ByteBuffer.allocate(least).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void closeGroup() {
    Group group = open;
    if (group != null) {
      closed.addLast(group);
      open = null;
    }
  }

  /** Waits until everything that was appended is durable. */
  void sync() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long until = nextSequence - 1;
      hurry = true;
      work.signal();
      while (durable < until) {
        if (failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
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
    lock.lock();
    try {
      floor = sequence;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Everything up to {@code sequence} is delivered. */
  void release(long sequence) {
    lock.lock();
    try {
      if (sequence > released) {
        released = sequence;
        room.signalAll();
        if (hasGarbage()) {
          work.signal();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the flusher

  /** The oldest group that is to be written. */
  @Nullable Group closed() {
    lock.lock();
    try {
      return closed.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for what is to be done next. */
  Flusher.Step next() throws InterruptedException {
    lock.lock();
    try {
      long left = limits.groupNanos();
      while (true) {
        if (closed.isEmpty() && open != null && (left <= 0 || hurry || closing)) {
          closeGroup();
        }
        if (!closed.isEmpty()) {
          return Flusher.Step.WRITE;
        }
        hurry = false;
        if (hasGarbage() || released - persisted >= CURSOR_EVERY) {
          return Flusher.Step.CLEAN;
        }
        if (open != null) {
          left = work.awaitNanos(left);
        } else if (closing) {
          return Flusher.Step.END;
        } else if (work.awaitNanos(IDLE_NANOS) <= 0 && released > persisted) {
          return Flusher.Step.PERSIST;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean hasGarbage() {
    Segment oldest = segments.peekFirst();
    return oldest != null && oldest.isSealed() && oldest.last <= released;
  }

  /** How many bytes the newest segment has. */
  long lastBytes() {
    lock.lock();
    try {
      Segment last = segments.peekLast();
      return last == null ? 0 : last.durableBytes;
    } finally {
      lock.unlock();
    }
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
    lock.lock();
    try {
      Segment before = segments.peekLast();
      Segment segment = created;
      if (segment != null) {
        if (before != null) {
          before.last = group.first - 1;
        }
        segments.addLast(segment);
        bytes += segment.begin;
        pending -= segment.begin;
      } else {
        segment = before;
      }
      int length = group.bytes.position();
      if (segment != null) {
        segment.durableBytes = end;
      }
      bytes += length;
      pending -= length;
      durable = group.last;
      closed.removeFirst();
      if (spare.size() < 2) {
        spare.addLast(group.bytes);
      }
      progress.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What is delivered.
   *
   * @param until up to which sequence
   * @param persisted what the cursor says
   * @param segments those that hold nothing else
   */
  record Released(long until, long persisted, List<Segment> segments) {
    boolean isCursorDue(boolean always) {
      return until > persisted
          && (always || !segments.isEmpty() || until - persisted >= CURSOR_EVERY);
    }
  }

  Released releasedSegments() {
    lock.lock();
    try {
      List<Segment> garbage = new ArrayList<>();
      for (Segment segment : segments) {
        if (segment.isSealed() && segment.last <= released) {
          garbage.add(segment);
        }
      }
      return new Released(released, persisted, garbage);
    } finally {
      lock.unlock();
    }
  }

  /** The cursor is durable. */
  void persisted(long until) {
    lock.lock();
    try {
      persisted = until;
    } finally {
      lock.unlock();
    }
  }

  /** The segment is unlinked. */
  void removed(Segment segment) {
    lock.lock();
    try {
      segments.remove(segment);
      bytes -= segment.durableBytes;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing can be written any more. */
  void fail(Throwable e) {
    lock.lock();
    try {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      failure =
          new IOException(
              message.contains("'" + directory)
                  ? message
                  : "the spool '" + directory + "' cannot be written: " + message,
              e);
      room.signalAll();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ reading

  /** Waits until a reader of {@code segment} can go on; whether it can. */
  boolean awaitReadable(Segment segment, long position) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (position >= segment.durableBytes && !segment.isSealed()) {
        if (failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
        if (closing || (ended && durable == nextSequence - 1)) {
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
        for (Segment segment : segments) {
          if (!segment.isSealed() || segment.last >= sequence) {
            return segment;
          }
        }
        if (failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
        if (closing || (ended && durable == nextSequence - 1)) {
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
    lock.lock();
    try {
      return segment.durableBytes;
    } finally {
      lock.unlock();
    }
  }

  /** The sequence behind which reading begins: everything up to it is delivered. */
  long released() {
    lock.lock();
    try {
      return released;
    } finally {
      lock.unlock();
    }
  }

  /** The sequence of the last frame. */
  long last() {
    lock.lock();
    try {
      return nextSequence - 1;
    } finally {
      lock.unlock();
    }
  }

  Path directory() {
    return directory;
  }

  /** Bytes on the disk and on the way there. */
  long bytes() {
    lock.lock();
    try {
      return bytes + pending;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing will be appended any more: readers come to an end. */
  void end() {
    lock.lock();
    try {
      ended = true;
      hurry = true;
      work.signal();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Makes everything durable, persists the cursor, and ends. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
      room.signalAll();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    flusher.awaitEnd();
    writer.close();
    lockFile.close();
    IOException broken = failure;
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken);
    }
  }
}
