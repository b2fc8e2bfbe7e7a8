package io.forebay.spool;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait in memory to be written: the group that is being filled, and those that are
 * closed. Guarded by the {@link SpoolLog}'s lock.
 */
final class Groups {
  private final Limits limits;
  private final Supplier<byte[]> head;
  private final ArrayDeque<Group> closed = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private @Nullable Group open;
  private long nextSequence;
  private long pending;

  /** What the newest segment will have once everything is written; 0: it has no frame. */
  private long segmentBytes;

  private boolean newSegment;

  /**
   * @param head what a new segment begins with
   * @param last the sequence before the first that is appended
   * @param segmentBytes what the newest segment has
   * @param newSegment whether the next frame begins another one
   */
  Groups(Limits limits, Supplier<byte[]> head, long last, long segmentBytes, boolean newSegment) {
    this.limits = limits;
    this.head = head;
    this.nextSequence = last + 1;
    this.segmentBytes = segmentBytes;
    this.newSegment = newSegment;
  }

  /** Adds a frame; its sequence. */
  long append(byte[] payload, int length) {
    long frame = FrameReader.bytes(length);
    Group group = groupFor(frame);
    long number = nextSequence++;
    FrameReader.put(group.bytes, number, group.first - 1, payload, length);
    group.last = number;
    pending += frame;
    segmentBytes += frame;
    return number;
  }

  private Group groupFor(long frame) {
    boolean roll = newSegment || segmentBytes + frame > limits.segmentBytes();
    Group group = open;
    if (group != null && (roll || group.bytes.remaining() < frame)) {
      close();
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

  /** The group that is being filled. */
  @Nullable Group open() {
    return open;
  }

  /** Nothing is added to the group that is being filled. */
  void close() {
    Group group = open;
    if (group != null) {
      closed.addLast(group);
      open = null;
    }
  }

  /** The oldest group that is to be written. */
  @Nullable Group closed() {
    return closed.peekFirst();
  }

  /** The oldest group is written, with the head of a segment if it begins one. */
  void written(Group group, long headBytes) {
    pending -= headBytes + group.bytes.position();
    closed.removeFirst();
    if (spare.size() < 2) {
      spare.addLast(group.bytes);
    }
  }

  /** Bytes that wait to be written. */
  long pending() {
    return pending;
  }

  /** The sequence of the last frame. */
  long last() {
    return nextSequence - 1;
  }
}
