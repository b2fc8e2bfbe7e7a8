package io.forebay.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a {@link SpoolLog} from behind a sequence on, as far as it is durable. For one thread. */
final class SpoolReader implements Closeable {
  /** More lost frames in a row are no damage that could be worked around. */
  static final long MOST_LOST = 100_000;

  /** What {@link #next} has found. */
  enum Found {
    /** A frame. */
    FRAME,
    /** Damage in place of the frames {@link #lostFrom} to {@link #lostTo}; its frames follow. */
    LOST,
    /** Nothing more will come. */
    END
  }

  private final SpoolLog log;
  private long expected;
  private @Nullable Segment segment;
  private @Nullable FrameReader frames;
  private long position;
  private long lostFrom;
  private long lostTo;

  /** The frame in {@link #frames} is still to be handed out. */
  private boolean held;

  SpoolReader(SpoolLog log, long after) {
    this.log = log;
    this.expected = after + 1;
  }

  /** Waits for the next frame. */
  Found next() throws IOException, InterruptedException {
    if (held) {
      held = false;
      return handOut();
    }
    while (true) {
      Segment current = segment;
      if (current == null) {
        current = log.awaitSegment(expected);
        if (current == null) {
          return Found.END;
        }
        open(current);
        if (current.first > expected) {
          Found lost = lost(current.first - 1);
          if (lost != null) {
            return lost;
          }
        }
      }
      if (!log.awaitReadable(current, position)) {
        return Found.END;
      }
      Found found = read(current);
      if (found != null) {
        return found;
      }
    }
  }

  /** Reads on in a segment; null if it goes on in the next one, or with frames to skip. */
  private @Nullable Found read(Segment current) throws IOException {
    FrameReader reader = frames;
    boolean waits = log.durable() < expected;
    long limit = log.durableBytes(current);
    if (reader == null || position >= limit) {
      closeSegment();
      return current.last >= expected ? lost(current.last) : null;
    }
    if (!reader.read(position, limit) || reader.sequence() < current.first) {
      if (reader.find(position + 1, limit, expected - 1) < 0) {
        if (!current.isSealed()) {
          if (waits) {
            position = limit; // What is damaged is delivered, and what comes is not there yet.
            return null;
          }
          throw unreadable(current);
        }
        closeSegment();
        return current.last >= expected ? lost(current.last) : null;
      }
    }
    position = reader.end();
    if (reader.sequence() < expected) {
      return null;
    }
    if (reader.sequence() > expected) {
      Found lost = lost(reader.sequence() - 1);
      held = lost != null;
      return lost == null ? handOut() : lost;
    }
    return handOut();
  }

  private Found handOut() {
    expected++;
    return Found.FRAME;
  }

  /** What is missing; null where it was accepted that it is. */
  private @Nullable Found lost(long until) throws IOException {
    if (log.folder().accepted.contains(expected, until)) {
      expected = until + 1;
      return null;
    }
    lostFrom = expected;
    lostTo = until;
    expected = until + 1;
    if (lostTo - lostFrom >= MOST_LOST) {
      throw new IOException(
          "the spool has lost its records "
              + lostFrom
              + " to "
              + lostTo
              + ": put the missing files back, or run with --accept-loss to go on without them");
    }
    return Found.LOST;
  }

  private IOException unreadable(Segment current) {
    return new IOException(
        "the spool's file "
            + current
            + " is damaged at byte "
            + position
            + ", where record "
            + expected
            + " was written: run again to go on with what is still whole");
  }

  private void open(Segment next) throws IOException {
    try {
      frames = new FrameReader(FileChannel.open(next.path, Set.of(StandardOpenOption.READ)));
    } catch (NoSuchFileException e) {
      throw new IOException("the spool's file " + next + " is gone: put it back", e);
    }
    segment = next;
    position = next.begin;
  }

  private void closeSegment() throws IOException {
    if (frames != null) {
      frames.close();
    }
    frames = null;
    segment = null;
  }

  /** The sequence of the frame. */
  long sequence() {
    return expected - 1;
  }

  /** The payload of the frame, valid until {@link #next}. */
  ByteBuffer payload() {
    FrameReader reader = frames;
    if (reader == null) {
      throw new IllegalStateException("no frame was read");
    }
    return reader.payload();
  }

  /** The first frame that is lost. */
  long lostFrom() {
    return lostFrom;
  }

  /** The last frame that is lost. */
  long lostTo() {
    return lostTo;
  }

  @Override
  public void close() throws IOException {
    closeSegment();
  }
}
