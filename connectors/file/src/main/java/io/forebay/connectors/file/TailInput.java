package io.forebay.connectors.file;

import io.forebay.formats.api.ByteStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of one file that is followed: waits at its end for more, and ends when the file has
 * lost its name to another one and stays as it is, or was cut off. Used by one thread.
 */
final class TailInput implements ByteStream, Closeable {
  private final Tail tail;

  /** The file that was opened, and the one that is read: it, or a copy of what it was. */
  private final TailFile opened;

  private TailFile file;
  private long place;

  /** The bytes before {@link #place}, to see that the file still holds them. */
  private byte[] before;

  private boolean waited;
  private int quietPolls;
  private boolean cutOff;

  TailInput(Tail tail, TailFile file, long place) throws IOException {
    this.tail = tail;
    this.opened = file;
    this.file = file;
    this.place = place;
    this.before = file.before(place, TailMark.LINE_BYTES);
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException, InterruptedException {
    while (true) {
      if (waited && file == opened && isCutOff() && !goOnInCopy()) {
        return -1;
      }
      int count = file.read(place, into, at, length);
      if (count > 0) {
        took(into, at, count);
        return count;
      }
      if (file != opened) {
        // The copy does not grow.
        return -1;
      }
      if (countQuietPoll()) {
        return -1;
      }
      tail.poll();
      waited = true;
    }
  }

  private void took(byte[] into, int at, int count) {
    waited = false;
    quietPolls = 0;
    place += count;
    int kept = Math.min(count, TailMark.LINE_BYTES);
    byte[] joined = Arrays.copyOf(before, before.length + kept);
    System.arraycopy(into, at + count - kept, joined, before.length, kept);
    int from = Math.max(0, joined.length - TailMark.LINE_BYTES);
    before = Arrays.copyOfRange(joined, from, joined.length);
  }

  /** Whether the file has not got any longer since another one has its name. */
  private boolean countQuietPoll() throws IOException {
    Optional<Object> now = TailFile.key(tail.path());
    if (now.isEmpty() || now.get().equals(file.key())) {
      quietPolls = 0;
      return false;
    }
    return ++quietPolls > Tail.QUIET_POLLS;
  }

  /** Whether what was read is not in the file any more. */
  private boolean isCutOff() throws IOException {
    return file.size() < place || !Arrays.equals(before, file.before(place, before.length));
  }

  /** Finds the copy that was made before the file was cut off; false if there is none. */
  private boolean goOnInCopy() throws IOException {
    int line = before.length == 0 ? 0 : TailMark.lineHash(before, before.length);
    Optional<TailFile> copy =
        line == 0
            ? Optional.empty()
            : tail.find(new TailMark(place, line, opened.inodeHash()), Optional.of(opened));
    if (copy.isEmpty()) {
      tail.cutOff(place);
      cutOff = true;
      return false;
    }
    file = copy.get();
    return true;
  }

  /** Whether the file is to be read from its beginning: it was cut off, and what it was is lost. */
  boolean wasCutOff() {
    return cutOff;
  }

  /** The file that was read last. */
  TailFile file() {
    return file;
  }

  @Override
  public long offset(long at, byte[] bytes, int end) {
    int line = end == 0 ? 0 : TailMark.lineHash(bytes, end);
    return new TailMark(at, line, file.inodeHash()).offset();
  }

  @Override
  public void close() throws IOException {
    if (file != opened) {
      file.close();
    }
  }
}
