package io.forebay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is in a spool's folder, found without changing anything. What is not delivered is read
 * through: each frame that was durable and is not there any more is named.
 *
 * @param segments oldest first; the last one up to its last valid frame
 * @param lastSequence the sequence of the last valid frame; 0 where there is none
 * @param tornBytes behind that, what was being written when the crash came
 * @param tornFile a segment that was being made when the crash came
 * @param id the identity of the spool, as its files say it; 0 where they do not
 * @param losses what is missing
 * @param accepted what is missing and was accepted by an earlier run
 */
record Recovered(
    List<Segment> segments,
    long lastSequence,
    long tornBytes,
    Optional<Path> tornFile,
    long id,
    Losses losses,
    Losses accepted) {
  /** Is told what the last segment holds: its head first, then each valid frame. */
  interface Visitor {
    Visitor NOBODY =
        new Visitor() {
          @Override
          public void head(byte[] head) {}

          @Override
          public void frame(long sequence, ByteBuffer payload) {}
        };

    void head(byte[] head) throws IOException;

    void frame(long sequence, ByteBuffer payload) throws IOException;
  }

  /**
   * How to read a folder.
   *
   * @param known what the ledger says
   * @param delivered what is missing up to here has been delivered
   * @param until frames behind this sequence do not count
   * @param salvage whether segments without a valid head are read, too
   */
  record Reading(Ledger.Entry known, long delivered, long until, boolean salvage) {
    /** Whatever is missing. */
    static final Reading PLAIN =
        new Reading(new Ledger.Entry(0, 0, 0, 0), 0, Long.MAX_VALUE, false);
  }

  /** Reads the folder; it may not be there. */
  static Recovered of(Path directory, Reading reading, Visitor visitor) throws IOException {
    List<Segment> segments = new ArrayList<>();
    Optional<Path> tornFile = Optional.empty();
    long id = 0;
    byte[] head = null;
    int headed = 0;
    List<Path> paths = Segment.list(directory);
    for (int i = 0; i < paths.size(); i++) {
      Path path = paths.get(i);
      Optional<Segment.Opening> opening = Segment.open(path);
      Segment segment;
      if (opening.isPresent()) {
        segment = opening.get().segment();
        id = sameId(id, opening.get().id(), path);
        head = opening.get().head();
        headed = segments.size();
      } else {
        long first = firstFrame(path);
        if (i == paths.size() - 1 && first < 0) {
          tornFile = Optional.of(path);
          break;
        }
        if (!reading.salvage || Segment.named(path) == 0) {
          throw damaged(path);
        }
        segment = new Segment(path, Segment.named(path), first < 0 ? Files.size(path) : first);
      }
      if (!segments.isEmpty()) {
        seal(segments.getLast(), segment);
      }
      segments.add(segment);
    }
    if (head != null) {
      visitor.head(head);
    }
    Scan scan = new Scan(reading);
    for (int i = 0; i < segments.size(); i++) {
      boolean last = i == segments.size() - 1;
      Segment segment = segments.get(i);
      if (i == 0) {
        scan.missing(1, segment.first - 1, "what came before " + segment + " is gone");
      }
      if (last || i >= headed || segment.last > scan.known) {
        scan.through(segment, i >= headed ? visitor : Visitor.NOBODY);
      }
    }
    long lastSequence = segments.isEmpty() ? 0 : scan.last;
    scan.missing(
        lastSequence + 1,
        reading.known.last(),
        segments.isEmpty()
            ? "its files are gone"
            : segments.getLast() + " or what came after it is cut off");
    return new Recovered(
        segments, lastSequence, scan.tornBytes, tornFile, id, scan.losses, scan.accepted);
  }

  /** Visits the last segment that begins before {@code sequence}, whatever is missing elsewhere. */
  static void before(Path directory, long sequence, Visitor visitor) throws IOException {
    for (Path path : Segment.list(directory).reversed()) {
      Optional<Segment.Opening> opening = Segment.open(path);
      if (opening.isPresent() && opening.get().segment().first < sequence) {
        visitor.head(opening.get().head());
        new Scan(Reading.PLAIN).through(opening.get().segment(), visitor);
        return;
      }
    }
  }

  private static long sameId(long id, long next, Path path) throws IOException {
    if (id != 0 && next != 0 && id != next) {
      throw foreign(path);
    }
    return next == 0 ? id : next;
  }

  /** The file is of another spool. */
  static IOException foreign(Path path) {
    return new IOException(
        "'" + path + "' belongs to another spool: put back the one that was here");
  }

  private static void seal(Segment before, Segment next) throws IOException {
    if (next.first <= before.first) {
      throw damaged(next.path);
    }
    before.last = next.first - 1;
    before.durableBytes = Files.size(before.path);
  }

  private static long firstFrame(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.READ));
        FrameReader frames = new FrameReader(channel)) {
      return frames.find(0, channel.size(), 0);
    }
  }

  private static IOException damaged(Path path) {
    return new IOException(
        "'"
            + path
            + "' is damaged at its beginning: put it back, or run with --accept-loss to go on with"
            + " the records in it that are whole");
  }

  /**
   * Finds the end of the last segment, where nothing else is known; the sequence of its last frame.
   */
  static long scan(Segment segment, long size, FrameReader frames, Visitor visitor)
      throws IOException {
    Scan scan = new Scan(Reading.PLAIN);
    scan.through(segment, size, frames, visitor);
    return scan.last;
  }

  /** Reads segments through, one after the other. */
  private static final class Scan {
    private final Reading reading;

    /** What is missing up to here is delivered or accepted. */
    private final long known;

    private final Losses losses = new Losses();
    private final Losses accepted = new Losses();
    private long last;
    private long tornBytes;

    Scan(Reading reading) {
      this.reading = reading;
      this.known = Math.max(reading.delivered, reading.known.accepted());
    }

    void missing(long from, long to, String where) {
      long end = Math.min(to, reading.until);
      losses.add(from, end, known, where);
      accepted.add(from, Math.min(end, reading.known.accepted()), reading.delivered, where);
    }

    void through(Segment segment, Visitor visitor) throws IOException {
      long size = Files.size(segment.path);
      try (FrameReader frames =
          new FrameReader(FileChannel.open(segment.path, Set.of(StandardOpenOption.READ)))) {
        through(segment, size, frames, visitor);
      }
    }

    private void through(Segment segment, long size, FrameReader frames, Visitor visitor)
        throws IOException {
      long position = segment.begin;
      last = segment.first - 1;
      while (position < size) {
        boolean valid = frames.read(position, size) && frames.sequence() > last;
        if (!valid) {
          long whole = frames.find(position + 1, size, last);
          if (segment.isSealed() ? whole < 0 : !isProvenDurable(whole, size, frames)) {
            break;
          }
          frames.read(whole, size);
        }
        missing(last + 1, frames.sequence() - 1, segment + " is damaged at byte " + position);
        last = frames.sequence();
        position = frames.end();
        visitor.frame(last, frames.payload());
      }
      if (segment.isSealed()) {
        Path next = Segment.path(segment.path.resolveSibling(""), last + 1);
        missing(
            last + 1,
            segment.last,
            position >= size
                ? "'" + next + "' is gone"
                : segment + " is damaged at byte " + position);
        last = segment.last;
      } else {
        segment.durableBytes = position;
        tornBytes = size - position;
      }
    }

    /** Whether the frame behind the last one was durable, as some frame or the ledger says. */
    private boolean isProvenDurable(long at, long size, FrameReader frames) throws IOException {
      long next = at;
      if (next >= 0 && (frames.sequence() == last + 1 || reading.known.last() > last)) {
        return true; // Nothing is missing in between, or what is missing was safe.
      }
      while (next >= 0 && frames.durable() <= last) {
        next = frames.find(frames.end(), size, frames.sequence());
      }
      return next >= 0;
    }
  }
}
