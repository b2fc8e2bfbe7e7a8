package io.forebay.connectors.file;

import io.forebay.Claim;
import io.forebay.Frontier;
import io.forebay.Progress;
import io.forebay.SinkContext;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.Bytes;
import io.forebay.internal.files.Disk;
import io.forebay.internal.files.StandardOutput;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written from its beginning to its end, together with its {@link ProgressFile}:
 * what every file output shares. A stream (the standard output, a pipe, a device) keeps no
 * progress. Used by one thread.
 */
final class OutputFile implements Closeable {
  private static final int BLOCK_BYTES = 256 << 10;

  /** Who may read the file. */
  enum Access {
    AS_USUAL,
    OWNER_ONLY
  }

  private final @Nullable Path path;
  private final @Nullable ProgressFile sidecar;
  private final Access access;
  private final Disk disk;
  private final Compression compression;
  private final Bytes buffer = new Bytes(BLOCK_BYTES + (BLOCK_BYTES >> 1));
  private @Nullable WritableByteChannel channel;
  private @Nullable FileChannel file;

  /** What lies in the file, without what is in the buffer. */
  private long length;

  private LastBytes last = new LastBytes();

  private long committed;
  private boolean failed;

  private OutputFile(
      @Nullable Path path, @Nullable WritableByteChannel channel, Access access, Disk disk) {
    this.path = path;
    this.channel = channel;
    this.access = access;
    this.disk = disk;
    compression = path == null ? Compression.NONE : Compression.of(path.toString());
    if (access == Access.OWNER_ONLY && compression != Compression.NONE) {
      throw new ConfigurationException(
          name()
              + " is for dead letters, which are read again as plain lines: leave out the ending"
              + " .gz or .zst");
    }
    sidecar = path != null && isFile(path) ? new ProgressFile(path, directory(path), disk) : null;
  }

  static OutputFile of(String path, Access access) {
    if (path.equals("-")) {
      return of(StandardOutput.open());
    }
    return of(Path.of(path), access);
  }

  static OutputFile of(Path path, Access access) {
    return of(path, access, Disk.REAL);
  }

  static OutputFile of(Path path, Access access, Disk disk) {
    return new OutputFile(path, null, access, disk);
  }

  static OutputFile of(OutputStream stream) {
    return new OutputFile(null, Channels.newChannel(stream), Access.AS_USUAL, Disk.REAL);
  }

  private static Path directory(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }

  private static boolean isFile(Path path) {
    return !Files.exists(path) || Files.isRegularFile(path);
  }

  String name() {
    return path == null ? "standard output" : "'" + path + "'";
  }

  /** The file itself and what lies beside it. */
  List<Claim> claims() {
    if (path == null) {
      return List.of();
    }
    return sidecar == null
        ? List.of(Claim.writes(path))
        : List.of(
            Claim.writes(path),
            Claim.writes(ProgressFile.path(path)),
            Claim.writesBeside(ProgressFile.path(path), ".tmp"));
  }

  /** Whether progress is kept with the data. */
  boolean keepsProgress() {
    return sidecar != null;
  }

  /** Whether nothing has been written, by this run or by the one that it continues. */
  boolean isEmpty() {
    return length + buffer.length() == 0;
  }

  Optional<Progress> recover() throws IOException {
    if (sidecar == null) {
      return Optional.empty();
    }
    // A run that has only been opened has committed nothing.
    return sidecar
        .read()
        .map(ProgressFile.Committed::progress)
        .filter(progress -> progress.complete() || !progress.frontier().equals(Frontier.START));
  }

  void open(SinkContext context) throws IOException {
    if (path == null) {
      return;
    }
    try {
      open(path, context);
    } catch (FileSystemException e) {
      throw new IOException(name() + " cannot be opened for writing: " + FileOrigin.reason(e), e);
    }
  }

  private void open(Path path, SinkContext context) throws IOException {
    if (Files.isDirectory(path)) {
      throw new ConfigurationException(name() + " is a directory: name a file");
    }
    if (sidecar == null) {
      channel = FileChannel.open(path, StandardOpenOption.WRITE);
      return;
    }
    Files.createDirectories(directory(path));
    FileChannel opened = create(path);
    file = opened;
    channel = opened;
    lock(opened);
    ProgressFile.Committed before = context.resume() ? known(path, sidecar) : null;
    if (before == null) {
      // First, so that a crash in between does not leave a progress that is ahead of its data.
      before = begun(context.pipeline());
      sidecar.write(before, true);
    }
    long keep = before.length();
    check(path, opened, before);
    opened.truncate(keep);
    opened.position(keep);
    length = keep;
    committed = keep;
  }

  private static ProgressFile.Committed begun(String pipeline) {
    Progress nothing = new Progress(pipeline, Frontier.START, false);
    return new ProgressFile.Committed(nothing, 0, new LastBytes().seal());
  }

  /** What an earlier run has committed: whatever it was, this output was opened by it. */
  private ProgressFile.Committed known(Path path, ProgressFile sidecar) throws IOException {
    return sidecar
        .read()
        .orElseThrow(() ->
            new IOException(
                "'"
                    + ProgressFile.path(path)
                    + "' is gone, so it is not known how much of "
                    + name()
                    + " is complete, while other outputs hold an unfinished run: put it back, or"
                    + " start over with --fresh"));
  }

  /** Whether the file holds what was committed, as far as its length and its last bytes tell. */
  private void check(Path path, FileChannel opened, ProgressFile.Committed before)
      throws IOException {
    long keep = before.length();
    String how = "";
    if (opened.size() < keep) {
      how = "it has " + opened.size() + " bytes, but " + keep + " were complete";
    } else {
      last = LastBytes.of(path, keep);
      if (!before.tail().isEmpty() && !before.tail().equals(last.seal())) {
        how = "what stands before byte " + keep + " was changed since it was written";
      }
    }
    if (!how.isEmpty()) {
      throw new IOException(
          name()
              + " is not the file that an earlier run has written: "
              + how
              + "; put the file back, or start over with --fresh");
    }
  }

  private FileChannel create(Path path) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (access == Access.AS_USUAL
        || !path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return disk.open(path, options);
    }
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
    FileAttribute<Set<PosixFilePermission>> mode = PosixFilePermissions.asFileAttribute(owner);
    FileChannel opened = disk.open(path, options, mode);
    if (!Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
      Files.setPosixFilePermissions(path, owner);
    }
    return opened;
  }

  private void lock(FileChannel opened) throws IOException {
    FileLock lock;
    try {
      lock = opened.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException(
          name() + " is being written by another output of this process: name another path", e);
    }
    if (lock == null) {
      throw new IOException(
          name() + " is being written by another process: wait for it, or name another path");
    }
  }

  /** What is written next; followed by {@link #writeIfFull}. */
  Bytes buffer() {
    return buffer;
  }

  void writeIfFull() throws IOException {
    if (buffer.length() >= BLOCK_BYTES) {
      writeBuffer();
    }
  }

  private void writeBuffer() throws IOException {
    if (failed) {
      throw new IOException(name() + " has failed before: start the same command again");
    }
    if (channel == null) {
      throw new IllegalStateException(name() + " is not open");
    }
    if (buffer.length() == 0) {
      return;
    }
    write(channel);
    buffer.length(0);
  }

  /** Writes what is in the buffer, as one member or frame where the file is compressed. */
  private void write(WritableByteChannel to) throws IOException {
    try {
      ByteBuffer bytes = compression.compress(buffer.array(), buffer.length());
      int from = bytes.arrayOffset();
      int count = bytes.remaining();
      while (bytes.hasRemaining()) {
        length += to.write(bytes);
      }
      if (sidecar != null) {
        last.add(bytes.array(), from, count);
      }
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  /** Makes everything durable, then the progress. */
  void commit(Progress progress) throws IOException {
    writeBuffer();
    if (sidecar == null || file == null) {
      return;
    }
    if (progress.complete() && length == 0 && compression != Compression.NONE) {
      write(file); // Nothing at all is no compressed file.
    }
    try {
      if (length != committed) {
        file.force(true);
      }
      // Without new data, a power cut may bring back the progress before: that is true as well, and
      // only makes the next run compute again what is here already.
      boolean durable = length != committed || progress.complete();
      sidecar.write(new ProgressFile.Committed(progress, length, last.seal()), durable);
    } catch (IOException e) {
      throw failed("made durable", e);
    }
    committed = length;
  }

  /**
   * After a failure nothing is tried again: what a failed fsync has left on the disk is not known.
   */
  private IOException failed(String what, IOException e) {
    failed = true;
    String kept =
        sidecar == null
            ? length + " bytes were written before"
            : committed + " bytes are complete and stay; the same command goes on from there";
    return new IOException(
        name() + " cannot be " + what + ": " + FileOrigin.reason(e) + "; " + kept, e);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    } else if (path != null && channel != null) {
      channel.close();
    }
  }
}
