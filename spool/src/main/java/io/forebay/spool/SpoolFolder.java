package io.forebay.spool;

import io.forebay.Claim;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A spool's folder, locked and looked through: what it holds, and what it has lost. Used by the
 * thread that opens it, then by the {@link Flusher}.
 */
final class SpoolFolder implements Closeable {
  private static final Ledger.Entry UNKNOWN = new Ledger.Entry(0, 0, 0, 0);

  final Recovered found;
  final SegmentWriter writer;

  /** Everything up to here is delivered. */
  final long delivered;

  /** New sequences are greater. */
  final long last;

  /** What is missing and accepted, by this run or by an earlier one. */
  final Losses accepted;

  /** Frames that are missing and that this run was the first to accept. */
  final long lost;

  private final Place place;
  private final FileChannel lockFile;
  private final Cursor cursor;
  private final Ledger ledger;
  private final long id;
  private volatile long acceptedUntil;

  /**
   * Where a spool lies.
   *
   * @param acceptLoss whether to go on without what is missing
   */
  record Place(Path directory, Limits limits, SpoolDisk disk, boolean acceptLoss) {}

  /**
   * What the owner of the spool knows.
   *
   * @param keep what stands behind this sequence is cut off first; {@link SpoolLog#ALL} keeps
   *     everything
   * @param atLeast everything up to here is delivered, as the outputs say
   * @param settled whether these outputs go on where they were: then the spool must know of that
   */
  record Known(long keep, long atLeast, boolean settled) {
    static final Known NOTHING = new Known(SpoolLog.ALL, 0, false);
  }

  SpoolFolder(Place place, Known known, Recovered.Visitor visitor, Consumer<String> notices)
      throws IOException {
    this.place = place;
    Path directory = place.directory;
    SpoolDisk disk = place.disk;
    SpoolDisk.ownFolder(directory);
    lockFile = lock(directory);
    try {
      if (known.keep != SpoolLog.ALL) {
        TailCut.cut(directory, known.keep, disk);
      }
      State state = State.of(directory);
      cursor = new Cursor(directory, disk);
      ledger = new Ledger(directory, disk);
      boolean emptied = known.keep == 0;
      Ledger.Entry says = emptied ? UNKNOWN : state.says(known.keep);
      long noted = emptied ? 0 : state.delivered();
      found =
          Recovered.of(
              directory,
              new Recovered.Reading(
                  says, Math.max(noted, known.atLeast), known.keep, place.acceptLoss),
              visitor);
      id = state.id(found, directory);
      if (known.settled) {
        checkOutputs(state, known.atLeast, noted);
      }
      delivered = Math.max(noted, known.atLeast);
      last = Math.max(Math.max(found.lastSequence(), delivered), says.last());
      long behind = known.settled && known.atLeast > 0 ? Math.max(0, noted - known.atLeast) : 0;
      lost = accept(notices) + behind;
      accepted = found.accepted().and(found.losses());
      acceptedUntil = Math.min(says.accepted(), last);
      if (found.tornFile().isPresent()) {
        disk.delete(found.tornFile().get());
      }
      writer = new SegmentWriter(directory, id, disk);
      ledger.begin(new Ledger.Entry(id, last, delivered, acceptedUntil), notices);
      if (!found.segments().isEmpty()) {
        writer.takeOver(found, found.segments().getLast(), notices);
      }
      // Also says whose spool it is; and sequences that do not follow on are no loss.
      cursor.write(delivered, id);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  /**
   * What is written in the files beside the segments.
   *
   * @param exists whether there has been a spool
   */
  record State(boolean exists, Optional<Ledger.Entry> ledger, Cursor.Read cursor) {
    static State of(Path directory) throws IOException {
      Optional<Ledger.Entry> ledger = Ledger.read(directory);
      Cursor.Read cursor = new Cursor(directory, SpoolDisk.REAL).read();
      boolean exists = ledger.isPresent() || Files.isDirectory(directory);
      if (ledger.isPresent() && cursor.id() != 0 && cursor.id() != ledger.get().id()) {
        throw Recovered.foreign(directory);
      }
      return new State(exists, ledger, cursor);
    }

    long delivered() {
      return Math.max(cursor.sequence(), ledger.orElse(UNKNOWN).delivered());
    }

    /** What the ledger says of the frames up to {@code until}. */
    Ledger.Entry says(long until) {
      Ledger.Entry all = ledger.orElse(UNKNOWN);
      return new Ledger.Entry(
          all.id(), Math.min(all.last(), until), all.delivered(), all.accepted());
    }

    /** The last sequence that the spool knows of, without what its segments hold. */
    long last() {
      return Math.max(cursor.sequence(), ledger.orElse(UNKNOWN).last());
    }

    private long id(Recovered found, Path directory) throws IOException {
      long known = ledger.map(Ledger.Entry::id).orElse(cursor.id());
      if (found.id() != 0 && known != 0 && found.id() != known) {
        throw Recovered.foreign(found.segments().getLast().path);
      }
      return known != 0 ? known : found.id() != 0 ? found.id() : newId(directory);
    }

    /** Another one for each folder, and for each time that it is made. */
    private static long newId(Path directory) throws IOException {
      BasicFileAttributes folder = Files.readAttributes(directory, BasicFileAttributes.class);
      long made = folder.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      long mixed =
          (made ^ Objects.hash(directory.toRealPath(), folder.fileKey())) * 0x9E37_79B9_7F4A_7C15L;
      return Math.max(1, mixed >>> 1);
    }
  }

  /** The files of a spool and of what is behind it. */
  static List<Claim> claims(Path directory, List<Claim> inner) {
    List<Claim> all = new ArrayList<>(inner);
    all.add(Claim.writesAllIn(directory));
    all.add(Claim.writes(Ledger.path(directory)));
    all.add(Claim.writesBeside(Ledger.path(directory), ".tmp"));
    return all;
  }

  /** The outputs and the spool have to speak of the same records. */
  private void checkOutputs(State state, long outputs, long noted) throws IOException {
    String why = "";
    if (outputs > Math.max(found.lastSequence(), state.last())) {
      why =
          "the outputs have its records up to "
              + outputs
              + ", and it holds "
              + (found.segments().isEmpty()
                  ? "nothing"
                  : "only those up to " + found.lastSequence())
              + ": it was removed or replaced, and how many records are missing is not known";
    } else if (outputs > 0 && outputs < noted) {
      why =
          "it let go of its records up to "
              + noted
              + " when they were delivered, and the outputs have them up to "
              + outputs
              + ": these are not the outputs that were written";
    }
    if (!why.isEmpty() && !place.acceptLoss) {
      throw new IOException(
          "the spool '"
              + place.directory
              + "' does not go with the outputs: "
              + why
              + "; put back what was there, or run with --accept-loss to go on without these"
              + " records");
    }
  }

  private long accept(Consumer<String> notices) throws IOException {
    Losses losses = found.losses();
    if (losses.isEmpty()) {
      return 0;
    }
    if (!place.acceptLoss) {
      throw losses.refusal(place.directory);
    }
    notices.accept(losses.sentence(place.directory) + ", which is accepted");
    return losses.frames();
  }

  private static FileChannel lock(Path directory) throws IOException {
    Path path = directory.resolve("lock");
    FileChannel file =
        SpoolDisk.REAL.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
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

  /** From now on what is missing was accepted: the next run does not ask again. */
  void settle() {
    acceptedUntil = last;
  }

  /** Notes what is durable and what is delivered, for when the folder is removed. */
  void note(long durable, long released) throws IOException {
    ledger.note(new Ledger.Entry(id, durable, released, acceptedUntil));
  }

  /** Makes it durable what is delivered. */
  void persist(long released) throws IOException {
    cursor.write(released, id);
  }

  @Override
  public void close() throws IOException {
    writer.close();
    ledger.close();
    lockFile.close();
  }

  /** What is thrown once nothing can be written any more. */
  static IOException cannotBeWritten(Path directory, Throwable e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return new IOException(
        message.contains("'" + directory)
            ? message
            : "the spool '" + directory + "' cannot be written: " + message,
        e);
  }
}
