package io.forebay.spool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments on the disk, oldest first, and how far what is in them is delivered. Guarded by the
 * {@link SpoolLog}'s lock.
 */
final class Segments {
  /** Frames that are released before the cursor is persisted without anybody waiting for it. */
  private static final long CURSOR_EVERY = 65_536;

  private final ArrayDeque<Segment> all = new ArrayDeque<>();
  private long released;
  private long persisted;
  private long bytes;

  Segments(List<Segment> found, long delivered) {
    all.addAll(found);
    found.forEach(segment -> bytes += segment.durableBytes);
    released = delivered;
    persisted = delivered;
  }

  /** A group is durable, in a new segment or in the newest one, which now ends at {@code end}. */
  void written(Group group, @Nullable Segment created, long end) {
    Segment newest = all.peekLast();
    if (created != null) {
      if (newest != null) {
        newest.last = group.first - 1;
      }
      all.addLast(created);
      bytes += created.begin;
      newest = created;
    }
    if (newest != null) {
      newest.durableBytes = end;
    }
    bytes += group.bytes.position();
  }

  /** Everything up to {@code sequence} is delivered; whether that is new. */
  boolean release(long sequence) {
    boolean more = sequence > released;
    released = Math.max(released, sequence);
    return more;
  }

  long released() {
    return released;
  }

  boolean hasGarbage() {
    Segment oldest = all.peekFirst();
    return oldest != null && isGarbage(oldest);
  }

  private boolean isGarbage(Segment segment) {
    return segment.isSealed() && segment.last <= released;
  }

  /** Whether the cursor is to be persisted: always, or only where much is not. */
  boolean isCursorDue(boolean always) {
    return released > persisted && (always || released - persisted >= CURSOR_EVERY);
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

  Released garbage() {
    List<Segment> garbage = new ArrayList<>();
    for (Segment segment : all) {
      if (isGarbage(segment)) {
        garbage.add(segment);
      }
    }
    return new Released(released, persisted, garbage);
  }

  /** The cursor is durable. */
  void persisted(long until) {
    persisted = until;
  }

  /** The segment is unlinked. */
  void removed(Segment segment) {
    all.remove(segment);
    bytes -= segment.durableBytes;
  }

  /** The segment that holds {@code sequence} or a later one; null if there is none. */
  @Nullable Segment holding(long sequence) {
    for (Segment segment : all) {
      if (!segment.isSealed() || segment.last >= sequence) {
        return segment;
      }
    }
    return null;
  }

  /** How many bytes the newest one has. */
  long lastBytes() {
    Segment last = all.peekLast();
    return last == null ? 0 : last.durableBytes;
  }

  long bytes() {
    return bytes;
  }
}
