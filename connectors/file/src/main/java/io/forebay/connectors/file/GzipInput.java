package io.forebay.connectors.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompresses a gzip file (RFC 1952) of one or more members. {@link java.util.zip.GZIPInputStream}
 * takes a member with a damaged header for the end of the file, which would lose the rest without a
 * word; here, only zeros may stand behind the members.
 */
final class GzipInput extends InputStream {
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] block = new byte[BLOCK_BYTES];
  private int position;
  private int limit;
  private boolean first = true;
  private boolean inMember;

  GzipInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (inMember || nextMember()) {
      try {
        int count = inflater.inflate(into, at, length);
        if (count > 0) {
          checksum.update(into, at, count);
          return count;
        }
      } catch (DataFormatException e) {
        throw new ZipException(e.getMessage());
      }
      if (inflater.finished()) {
        position = limit - inflater.getRemaining();
        endMember();
      } else if (inflater.needsInput()) {
        fill();
        inflater.setInput(block, 0, limit);
      } else {
        throw new ZipException("a preset dictionary");
      }
    }
    return -1;
  }

  private boolean nextMember() throws IOException {
    int b = tryByte();
    while (b == 0 && !first) {
      b = tryByte();
    }
    if (b < 0 && !first) {
      return false;
    }
    if (b != 0x1F || nextByte() != 0x8B || nextByte() != 8) {
      throw b < 0 ? new EOFException() : new ZipException("no header of a member");
    }
    int flags = nextByte();
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(nextByte() | (nextByte() << 8));
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      skip(2);
    }
    first = false;
    inMember = true;
    inflater.reset();
    inflater.setInput(block, position, limit - position);
    checksum.reset();
    return true;
  }

  private void endMember() throws IOException {
    long crc = nextInt();
    long size = nextInt();
    if (crc != checksum.getValue() || size != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
      throw new ZipException("a checksum differs");
    }
    inMember = false;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      nextByte();
    }
  }

  private void skipText() throws IOException {
    while (nextByte() != 0) {
      // Up to the end.
    }
  }

  private long nextInt() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      value |= (long) nextByte() << shift;
    }
    return value;
  }

  private int nextByte() throws IOException {
    if (position == limit) {
      fill();
    }
    return block[position++] & 0xFF;
  }

  /** The next byte, or -1 at the end of the file. */
  private int tryByte() throws IOException {
    try {
      return nextByte();
    } catch (EOFException e) {
      return -1;
    }
  }

  private void fill() throws IOException {
    position = 0;
    limit = 0;
    int count = in.read(block, 0, block.length);
    if (count < 0) {
      throw new EOFException("within a member");
    }
    limit = count;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
