package io.forebay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A disk that knows what would be there after a power cut: the bytes and the names that were made
 * durable. Before each change it calls back, so that a test can cut the power at every moment. It
 * can be told to make the mistakes that a careless spool would make. Changed by one thread.
 */
final class ForgetfulDisk implements SpoolDisk {
  /** What a crash leaves: a power cut may also keep names without bytes, or bytes without names. */
  enum Crash {
    KILLED(true, true),
    POWER_CUT(false, false),
    NAMES_KEPT(true, false),
    BYTES_KEPT(false, true);

    private final boolean names;
    private final boolean bytes;

    Crash(boolean names, boolean bytes) {
      this.names = names;
      this.bytes = bytes;
    }
  }

  /** Mistakes of a spool, made by the disk in its place. */
  enum Mistake {
    NONE,
    /** Tells the source before the bytes are durable. */
    NO_FSYNC,
    /** Does not make the names of new segments durable. */
    NO_DIRECTORY_FSYNC,
    /** Unlinks a segment before the cursor is behind it. */
    UNLINKS_FIRST
  }

  private static final class Inode {
    byte[] now = new byte[0];
    byte[] durable = new byte[0];
  }

  private final Runnable beforeChange;
  private final Mistake mistake;
  private final Map<String, Inode> names = new HashMap<>();
  private Map<String, Inode> durableNames = new HashMap<>();
  private final List<Path[]> postponed = new ArrayList<>();

  ForgetfulDisk(Mistake mistake, Runnable beforeChange) {
    this.mistake = mistake;
    this.beforeChange = beforeChange;
  }

  /** Writes what the crash would leave into another directory. */
  void leave(Crash crash, Path directory) throws IOException {
    for (Map.Entry<String, Inode> entry : (crash.names ? names : durableNames).entrySet()) {
      Inode inode = entry.getValue();
      Path path =
          entry.getKey().endsWith(".ledger")
              ? Ledger.path(directory)
              : directory.resolve(entry.getKey());
      Files.write(path, crash.bytes ? inode.now : inode.durable);
    }
  }

  @Override
  public FileChannel open(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    beforeChange.run();
    FileChannel channel = SpoolDisk.REAL.open(path, options);
    Inode inode = names.computeIfAbsent(path.getFileName().toString(), name -> new Inode());
    inode.now = Files.readAllBytes(path);
    return new Channel(channel, path, inode);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    if (mistake == Mistake.UNLINKS_FIRST) {
      postponed.add(new Path[] {from, to});
      return;
    }
    beforeChange.run();
    rename(from, to);
  }

  private void rename(Path from, Path to) throws IOException {
    SpoolDisk.REAL.replace(from, to);
    names.put(to.getFileName().toString(), names.remove(from.getFileName().toString()));
  }

  @Override
  public void delete(Path path) throws IOException {
    beforeChange.run();
    SpoolDisk.REAL.delete(path);
    names.remove(path.getFileName().toString());
    durableNames.remove(path.getFileName().toString()); // A name may be gone at any time.
    beforeChange.run();
    for (Path[] each : postponed) {
      rename(each[0], each[1]);
    }
    postponed.clear();
  }

  @Override
  public void forceDirectory(Path directory) {
    beforeChange.run();
    if (mistake != Mistake.NO_DIRECTORY_FSYNC) {
      durableNames = new HashMap<>(names);
    }
  }

  /** Only what the spool calls is there. */
  private final class Channel extends FileChannel {
    private final FileChannel channel;
    private final Path path;
    private final Inode inode;

    Channel(FileChannel channel, Path path, Inode inode) {
      this.channel = channel;
      this.path = path;
      this.inode = inode;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      beforeChange.run();
      // Half of it, as a disk does that is nearly full.
      int limit = source.limit();
      source.limit(source.position() + (source.remaining() + 1) / 2);
      int written = channel.write(source);
      source.limit(limit);
      inode.now = Files.readAllBytes(path);
      return written;
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      beforeChange.run();
      channel.truncate(size);
      inode.now = Files.readAllBytes(path);
      return this;
    }

    @Override
    public void force(boolean metadata) {
      beforeChange.run();
      if (mistake != Mistake.NO_FSYNC) {
        inode.durable = inode.now;
      }
    }

    @Override
    public long position() throws IOException {
      return channel.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      channel.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      channel.close();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to, int from, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int from, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer to, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
