package io.forebay.connectors.file;

import io.forebay.formats.api.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The last bytes of a file that is being written, whose seal stands in its progress: so that a file
 * that was replaced, or changed where reading goes on, is not taken for the one that was written.
 */
final class LastBytes {
  private static final int MOST = 4 << 10;

  private final byte[] bytes = new byte[MOST];
  private int length;

  /** Those before {@code end}, read from the file. */
  static LastBytes of(Path path, long end) throws IOException {
    LastBytes last = new LastBytes();
    last.length = (int) Math.min(end, MOST);
    ByteBuffer into = ByteBuffer.wrap(last.bytes, 0, last.length);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (into.hasRemaining() && channel.read(into, end - last.length + into.position()) >= 0) {
        // Up to the end.
      }
    }
    return last;
  }

  /** More was written. */
  void add(byte[] more, int from, int count) {
    int take = Math.min(count, MOST);
    int keep = Math.min(length, MOST - take);
    System.arraycopy(bytes, length - keep, bytes, 0, keep);
    System.arraycopy(more, from + count - take, bytes, keep, take);
    length = keep + take;
  }

  String seal() {
    return Seal.of(bytes, 0, length);
  }
}
