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
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

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
    TailFile file = resume.offset() == 0 ? named() : resume(mark);
    long place = file.matches(mark) ? mark.place() : 0;
    while (true) {
      TailFile open = file;
      boolean again = false;
      try (TailInput input = new TailInput(this, open, place)) {
        if (place > 0) {
          // It may have been renamed, and the file that has the name now have other columns.
          reader.checkStart(path.toString(), open.beginning());
        }
        lines =
            place == 0
                ? reader.read(path.toString(), input, lines, out)
                : reader.readOn(input, place, lines, out);
        again = input.wasCutOff();
        file = again ? open : after(input.file());
        place = 0;
      } finally {
        if (!again) {
          open.close();
        }
      }
    }
  }

  Path path() {
    return path;
  }

  void poll() throws InterruptedException {
    waiting.await(POLL_NANOS);
  }

  /** The file that has the name now, to be read from its beginning; waits until there is one. */
  private TailFile named() throws IOException, InterruptedException {
    while (true) {
      Optional<TailFile> file = TailFile.open(path);
      if (file.isPresent()) {
        return file.get();
      }
      poll();
    }
  }

  /**
   * The file that came after another one, to be read from its beginning; waits until there is one.
   *
   * @param last was read to its end; still open, so that no other gets its inode
   */
  private TailFile after(TailFile last) throws IOException, InterruptedException {
    while (isNewest(last)) {
      poll();
    }
    List<TailFile> files = open();
    int read = files.stream().map(TailFile::key).toList().lastIndexOf(last.key());
    if (read >= 0) {
      enqueue(newer(files, read));
    } else {
      close(files); // It is gone; what came after it is open already, if anything did.
    }
    TailFile next = pending.poll();
    return next != null ? next : named();
  }

  private boolean isNewest(TailFile file) throws IOException {
    SequencedMap<Path, Object> names = names();
    return !names.isEmpty() && names.sequencedValues().getLast().equals(file.key());
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
    return named();
  }

  /**
   * Finds the file in which the mark was made, open; the files that came after it are pending then.
   *
   * @param not a file that is not meant
   */
  Optional<TailFile> find(TailMark mark, Optional<TailFile> not) throws IOException {
    List<TailFile> files = open();
    // The same inode first, then the same content: a copy, or a file that was put back.
    for (boolean sameInode : new boolean[] {true, false}) {
      for (int i = files.size() - 1; i >= 0; i--) {
        TailFile file = files.get(i);
        if ((not.isEmpty() || !not.get().key().equals(file.key()))
            && (file.inodeHash() == mark.inode()) == sameInode
            && file.matches(mark)) {
          List<TailFile> newer = newer(files, i - 1);
          enqueue(newer.subList(1, newer.size()));
          return Optional.of(file);
        }
      }
    }
    close(files);
    return Optional.empty();
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

  /** Instead of what was pending. */
  private void enqueue(List<TailFile> files) throws IOException {
    close(pending);
    pending.clear();
    pending.addAll(files);
  }

  /** Those behind the index; the others are closed. */
  private static List<TailFile> newer(List<TailFile> files, int index) throws IOException {
    int from = Math.max(0, index + 1);
    close(files.subList(0, from));
    return files.subList(from, files.size());
  }

  private static void close(Collection<TailFile> files) throws IOException {
    for (TailFile each : files) {
      each.close();
    }
  }

  /**
   * The files that may have been renamed or copied, those written last at the end, and the one that
   * has the name now behind them: open, so that they are found however they are renamed later, and
   * all as they were named at one moment.
   */
  private List<TailFile> open() throws IOException {
    while (true) {
      Map<Path, Object> names = names();
      List<TailFile> files = new ArrayList<>();
      boolean same = true;
      for (Map.Entry<Path, Object> each : names.entrySet()) {
        Optional<TailFile> file = TailFile.open(each.getKey());
        file.ifPresent(files::add);
        same &= file.isPresent() && file.get().key().equals(each.getValue());
      }
      if (same && names().equals(names)) {
        return files;
      }
      close(files);
    }
  }

  /** The names and what tells their files apart, in the order of {@link #open}. */
  private SequencedMap<Path, Object> names() throws IOException {
    record Sibling(Path path, Object key, FileTime written) {}
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
            FileTime written = Files.getLastModifiedTime(each);
            TailFile.key(each).ifPresent(key -> found.add(new Sibling(each, key, written)));
          } catch (NoSuchFileException e) {
            // Renamed once more; it is found under its new name the next time.
          }
        }
      }
    } catch (NoSuchFileException e) {
      return new LinkedHashMap<>();
    }
    found.sort(Comparator.comparing(Sibling::written).thenComparing(s -> s.path().toString()));
    SequencedMap<Path, Object> names = new LinkedHashMap<>();
    found
        .subList(Math.max(0, found.size() - MOST_SIBLINGS), found.size())
        .forEach(sibling -> names.put(sibling.path(), sibling.key()));
    TailFile.key(path).ifPresent(key -> names.put(path, key));
    return names;
  }
}
