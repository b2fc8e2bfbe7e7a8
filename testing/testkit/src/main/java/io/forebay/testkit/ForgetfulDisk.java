package io.forebay.testkit;

import io.forebay.internal.files.Disk;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A disk that knows what would be there after a power cut: the bytes and the names that were made
 * durable. Before each change it calls back, so that a test can cut the power at every moment. Of
 * one directory.
 */
public final class ForgetfulDisk implements Disk {
  /** What a crash leaves: a power cut may also keep names without bytes, or bytes without names. */
  public enum Crash {
    /** Everything is there. */
    KILLED(true, true),
    /** What was made durable is there. */
    POWER_CUT(false, false),
    /** Names are there that were not made durable. */
    NAMES_KEPT(true, false),
    /** Bytes are there that were not made durable. */
    BYTES_KEPT(false, true);

    private final boolean names;
    private final boolean bytes;

    Crash(boolean names, boolean bytes) {
      this.names = names;
      this.bytes = bytes;
    }
  }

  private static final class Inode {
    byte[] now = new byte[0];
    byte[] durable = new byte[0];
  }

  private final Runnable beforeChange;
  private final Map<String, Inode> names = new HashMap<>();
  private Map<String, Inode> durableNames = new HashMap<>();

  /** Of an empty directory. */
  public ForgetfulDisk(Runnable beforeChange) {
    this.beforeChange = beforeChange;
  }

  /** Of a directory whose files are durable; it need not be there yet. */
  public static ForgetfulDisk of(Path directory, Runnable beforeChange) throws IOException {
    ForgetfulDisk disk = new ForgetfulDisk(beforeChange);
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Inode inode = new Inode();
          inode.now = Files.readAllBytes(file);
          inode.durable = inode.now;
          disk.names.put(nameOf(file), inode);
        }
      }
      disk.durableNames = new HashMap<>(disk.names);
    }
    return disk;
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** Writes what the crash would leave into another directory. */
  public void leave(Crash crash, Path directory) throws IOException {
    for (Map.Entry<String, Inode> entry : (crash.names ? names : durableNames).entrySet()) {
      Inode inode = entry.getValue();
      Files.write(directory.resolve(entry.getKey()), crash.bytes ? inode.now : inode.durable);
    }
  }

  @Override
  public FileChannel open(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    beforeChange.run();
    FileChannel channel = FileChannel.open(path, options, attributes);
    Inode inode = names.computeIfAbsent(nameOf(path), name -> new Inode());
    inode.now = Files.readAllBytes(path);
    return new Channel(channel, path, inode);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    beforeChange.run();
    Disk.REAL.replace(from, to);
    names.put(nameOf(to), Objects.requireNonNull(names.remove(nameOf(from))));
  }

  @Override
  public void delete(Path path) throws IOException {
    beforeChange.run();
    Disk.REAL.delete(path);
    names.remove(nameOf(path));
  }

  @Override
  public void forceDirectory(Path directory) {
    beforeChange.run();
    durableNames = new HashMap<>(names);
  }

  /** Only what outputs call is there. */
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
      inode.durable = inode.now;
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
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return channel.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      channel.close();
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
