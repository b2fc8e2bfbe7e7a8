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
 * What a crash has left in a spool's directory, found without changing anything.
 *
 * @param segments oldest first; the last one up to its last valid frame
 * @param lastSequence the sequence of the last valid frame; 0 where there is none
 * @param tornBytes behind that, what was being written when the crash came
 * @param tornFile a segment that was being made when the crash came
 */
record Recovered(
    List<Segment> segments, long lastSequence, long tornBytes, Optional<Path> tornFile) {
  /** Is told what the last segment holds: its head first, then each valid frame. */
  interface Visitor {
    void head(byte[] head) throws IOException;

    void frame(long sequence, ByteBuffer payload) throws IOException;
  }

  /** Reads the directory; it may not be there. */
  static Recovered of(Path directory, Visitor visitor) throws IOException {
    List<Segment> segments = new ArrayList<>();
    Optional<Path> tornFile = Optional.empty();
    byte[] head = {};
    List<Path> paths = Segment.list(directory);
    for (int i = 0; i < paths.size(); i++) {
      Optional<Segment.Opening> opening = Segment.open(paths.get(i));
      if (opening.isEmpty()) {
        if (i < paths.size() - 1 || holdsFrames(paths.get(i))) {
          throw damaged(paths.get(i));
        }
        tornFile = Optional.of(paths.get(i));
        break;
      }
      Segment segment = opening.get().segment();
      head = opening.get().head();
      if (!segments.isEmpty()) {
        seal(segments.getLast(), segment);
      }
      segments.add(segment);
    }
    if (segments.isEmpty()) {
      return new Recovered(segments, 0, 0, tornFile);
    }
    visitor.head(head);
    Segment last = segments.getLast();
    try (Frames frames = new Frames(FileChannel.open(last.path, Set.of(StandardOpenOption.READ)))) {
      long size = Files.size(last.path);
      long lastSequence = scan(last, size, frames, visitor);
      return new Recovered(segments, lastSequence, size - last.durableBytes, tornFile);
    }
  }

  private static void seal(Segment before, Segment next) throws IOException {
    if (next.first <= before.first) {
      throw damaged(next.path);
    }
    before.last = next.first - 1;
    before.durableBytes = Files.size(before.path);
  }

  /** Finds the end of the last segment; the sequence of its last frame. */
  static long scan(Segment segment, long size, Frames frames, Visitor visitor) throws IOException {
    long position = segment.begin;
    long last = segment.first - 1;
    while (position < size) {
      boolean valid = frames.read(position, size) && frames.sequence() > last;
      if (!valid) {
        long whole = frames.find(position + 1, size, last);
        if (!isProvenDurable(whole, last, size, frames)) {
          break;
        }
        frames.read(whole, size);
      }
      last = frames.sequence();
      position = frames.end();
      visitor.frame(last, frames.payload());
    }
    segment.durableBytes = position;
    return last;
  }

  /** Whether some frame from {@code at} on says that the one behind {@code last} was durable. */
  private static boolean isProvenDurable(long at, long last, long size, Frames frames)
      throws IOException {
    long next = at;
    if (next >= 0 && frames.sequence() == last + 1) {
      return true; // Nothing is missing in between.
    }
    while (next >= 0 && frames.durable() <= last) {
      next = frames.find(frames.end(), size, frames.sequence());
    }
    return next >= 0;
  }

  private static boolean holdsFrames(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.READ));
        Frames frames = new Frames(channel)) {
      return frames.find(0, channel.size(), 0) >= 0;
    }
  }

  private static IOException damaged(Path path) {
    return new IOException(
        "'"
            + path
            + "' is damaged at its beginning, so the records in it cannot be told from others:"
            + " move it out of the spool to go on without them");
  }
}
