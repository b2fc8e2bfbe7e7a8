package io.forebay.formats.api;

import java.io.IOException;

/** Bytes with records in them, from the first to the last. Used by one thread. */
public interface ByteStream {
  /**
   * Reads at least one byte and at most {@code length}; waits for them where they come later.
   *
   * @return how many, or -1 at the end
   */
  int read(byte[] into, int at, int length) throws IOException, InterruptedException;

  /**
   * The {@link io.forebay.Position#offset} behind a record, for streams that keep more in it than
   * the place.
   *
   * @param place how many bytes of the stream are before
   * @param bytes holds the record's last line, or its end, before {@code end}: down to the newline
   *     before it or to index 0
   * @param end 0 where the line is not there any more
   */
  default long offset(long place, byte[] bytes, int end) {
    return place;
  }
}
