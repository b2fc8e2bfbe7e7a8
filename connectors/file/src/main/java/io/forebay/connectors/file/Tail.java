package io.forebay.connectors.file;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.formats.RecordReader;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Follows a file by its name: what is in it, what is appended, and the files that take its name
 * later. A file that was renamed is read to its end first; of one that was cut off after it had
 * been copied, the rest is read from the copy, where there is one. Ends by an interrupt only. Used
 * by one thread.
 *
 * <p>Renamed files and copies are looked for beside the file, among those whose names begin with
 * its name and one of {@code . - _}, the last {@value #MOST_SIBLINGS} that were written to;
 * compressed ones are not read.
 */
final class Tail {
  /** How often the end of the file is looked at. */
  static final long POLL_NANOS = 100_000_000L;

  /** After so many polls without a new byte, a renamed file is complete. */
  static final int QUIET_POLLS = 5;

  static final int MOST_SIBLINGS = 100;
  private static final System.Logger LOG = System.getLogger(Tail.class.getName());

  private final Path path;
  private final Waiting waiting;

  /** Files to be read before the one that has the name now, oldest first; open. */
  private final Deque<TailFile> pending = new ArrayDeque<>();

  Tail(Path path, Waiting waiting) {
    this.path = path.toAbsolutePath();
    this.waiting = waiting;
  }

  /** Reads on where an earlier run has stopped, or from the beginning. */
  void run(RecordReader reader, Position resume, RecordWriter out)
      throws IOException, InterruptedException {
    try {
      follow(reader, resume, out);
    } catch (ClosedByInterruptException e) {
      throw ByteInput.interrupted();
    } finally {
      enqueue(List.of());
    }
  }

  private void follow(RecordReader reader, Position resume, RecordWriter out)
      throws IOException, InterruptedException {
    long lines = resume.sequence();
    TailMark mark = TailMark.of(resume.offset());
    TailFile file = resume.offset() == 0 ? next() : resume(mark);
    long place = file.matches(mark) ? mark.place() : 0;
    while (true) {
      try (TailFile open = file;
          TailInput input = new TailInput(this, open, place)) {
        lines =
            place == 0
                ? reader.read(path.toString(), input, lines, out)
                : reader.readOn(input, place, lines, out);
      }
      file = next();
      place = 0;
    }
  }

  Path path() {
    return path;
  }

  void poll() throws InterruptedException {
    waiting.await(POLL_NANOS);
  }

  /** The next file to be read from its beginning; waits until there is one. */
  private TailFile next() throws IOException, InterruptedException {
    TailFile older = pending.poll();
    if (older != null) {
      return older;
    }
    while (true) {
      Optional<TailFile> file = TailFile.open(path);
      if (file.isPresent()) {
        return file.get();
      }
      poll();
    }
  }

  private TailFile resume(TailMark mark) throws IOException, InterruptedException {
    Optional<TailFile> found = find(mark, Optional.empty());
    if (found.isPresent()) {
      return found.get();
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "''{0}'' is not the file that an earlier run has read up to byte {1}, and that file is not"
            + " beside it any more: what was not read of it is lost, and ''{0}'' is read from its"
            + " beginning; keep a renamed file uncompressed until it was read",
        path,
        Long.toString(mark.place()));
    return next();
  }

  /**
   * Finds the file in which the mark was made, open; the files that came after it are pending then.
   *
   * @param not a file that is not meant
   */
  Optional<TailFile> find(TailMark mark, Optional<TailFile> not) throws IOException {
    List<Path> candidates = siblings();
    candidates.add(path);
    // The same inode first, then the same content: a copy, or a file that was put back.
    for (boolean sameInode : new boolean[] {true, false}) {
      for (Path candidate : candidates.reversed()) {
        Optional<TailFile> file = TailFile.open(candidate);
        if (file.isEmpty()) {
          continue;
        }
        boolean meant =
            (not.isEmpty() || !not.get().key().equals(file.get().key()))
                && (file.get().inodeHash() == mark.inode()) == sameInode
                && file.get().matches(mark);
        if (meant) {
          enqueue(candidate.equals(path) ? List.of() : newerThan(candidate, candidates));
          return file;
        }
        file.get().close();
      }
    }
    return Optional.empty();
  }

  /** The file was renamed and is complete: those that came after it are pending. */
  void leave(TailFile file) throws IOException {
    List<Path> siblings = siblings();
    for (Path sibling : siblings) {
      if (file.isAt(sibling)) {
        enqueue(newerThan(sibling, siblings));
        return;
      }
    }
  }

  /** The file was cut off and there is no copy of it. */
  void cutOff(long place) {
    LOG.log(
        System.Logger.Level.WARNING,
        "''{0}'' was cut off after it had been read up to byte {1}, and there is no copy of it"
            + " beside it: what may have been written behind that byte is lost, and it is read on"
            + " from its beginning",
        path,
        Long.toString(place));
  }

  /** Opens them now, so that they are found however they are renamed later. */
  private void enqueue(List<Path> files) throws IOException {
    for (TailFile file = pending.poll(); file != null; file = pending.poll()) {
      file.close();
    }
    for (Path each : files) {
      TailFile.open(each).ifPresent(pending::add);
    }
  }

  private List<Path> newerThan(Path file, List<Path> oldestFirst) {
    int index = oldestFirst.indexOf(file);
    return oldestFirst.subList(index + 1, oldestFirst.size()).stream()
        .filter(other -> !other.equals(path))
        .toList();
  }

  /** The files that may have been renamed or copied, those written last at the end. */
  private List<Path> siblings() throws IOException {
    record Sibling(Path path, FileTime written) {}
    String name = Objects.requireNonNull(path.getFileName()).toString();
    List<Sibling> found = new ArrayList<>();
    try (DirectoryStream<Path> directory =
        Files.newDirectoryStream(Objects.requireNonNull(path.getParent()))) {
      for (Path each : directory) {
        String other = Objects.requireNonNull(each.getFileName()).toString();
        if (other.length() > name.length()
            && other.startsWith(name)
            && ".-_".indexOf(other.charAt(name.length())) >= 0
            && !other.matches(".*\\.(gz|zst|bz2|xz|progress|tmp)")
            && Files.isRegularFile(each)) {
          try {
            found.add(new Sibling(each, Files.getLastModifiedTime(each)));
          } catch (NoSuchFileException e) {
            // Renamed once more; it is found under its new name the next time.
          }
        }
      }
    } catch (NoSuchFileException e) {
      return new ArrayList<>();
    }
    found.sort(Comparator.comparing(Sibling::written).thenComparing(s -> s.path().toString()));
    int from = Math.max(0, found.size() - MOST_SIBLINGS);
    return new ArrayList<>(found.subList(from, found.size()).stream().map(Sibling::path).toList());
  }
}
