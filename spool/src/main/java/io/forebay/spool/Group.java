package io.forebay.spool;

import io.forebay.Position;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Frames that are written and made durable as one. Filled under the {@link SpoolLog}'s lock until
 * it is closed, then the {@link Flusher}'s.
 */
final class Group {
  final long first;

  /** What the segment begins with that this group begins; null if it goes on in one. */
  final byte @Nullable [] newSegmentHead;

  final List<Reached> marks = new ArrayList<>();
  final ByteBuffer bytes;
  long last;

  Group(long first, byte @Nullable [] newSegmentHead, ByteBuffer bytes) {
    this.first = first;
    this.newSegmentHead = newSegmentHead;
    this.bytes = bytes;
  }

  /** Notes how far a partition is with the frame that was put in last. */
  void mark(Mark mark, long sequence, long offset) {
    Reached reached = mark.reached;
    if (reached == null || reached.group != this) {
      reached = new Reached(mark.partition, this);
      mark.reached = reached;
      marks.add(reached);
    }
    reached.sequence = sequence;
    reached.offset = offset;
  }

  /** How far one partition of the spool's owner is with what was appended. */
  static final class Mark {
    final String partition;
    private @Nullable Reached reached;

    Mark(String partition) {
      this.partition = partition;
    }

    /** With the last frame that was appended; under the log's lock. */
    Optional<Position> last() {
      Reached last = reached;
      return last == null ? Optional.empty() : Optional.of(last.position());
    }
  }

  /** How far a partition is with one group: what later groups hold is not in it. */
  static final class Reached {
    final String partition;
    private final Group group;
    private long sequence;
    private long offset;

    private Reached(String partition, Group group) {
      this.partition = partition;
      this.group = group;
    }

    Position position() {
      return new Position(sequence, offset);
    }
  }
}
