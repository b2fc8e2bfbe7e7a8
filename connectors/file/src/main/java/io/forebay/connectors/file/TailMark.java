package io.forebay.connectors.file;

/**
 * What the offset of a position in a followed file holds: the place behind the record, and by what
 * the file is known again after it was renamed or replaced by another.
 *
 * <pre>
 *  bit 63   62                48 47      40 39                             0
 *   0     | hash of the last line | of inode | place in bytes, up to 1 TiB   |
 * </pre>
 *
 * The hash is that of the last line before the place, or of its last {@value #LINE_BYTES} bytes; 0
 * where it was not kept.
 */
record TailMark(long place, int line, int inode) {
  static final int LINE_BYTES = 64;
  static final long MOST_BYTES = 1L << 40;
  private static final int LINE_BITS = 15;
  private static final int INODE_BITS = 8;

  static TailMark of(long offset) {
    return new TailMark(
        offset & (MOST_BYTES - 1),
        (int) (offset >>> (40 + INODE_BITS)) & ((1 << LINE_BITS) - 1),
        (int) (offset >>> 40) & ((1 << INODE_BITS) - 1));
  }

  long offset() {
    return ((long) line << (40 + INODE_BITS)) | ((long) inode << 40) | place;
  }

  static int inodeHash(Object fileKey) {
    int hash = fileKey.hashCode() * 0x9E3779B1;
    return hash >>> (32 - INODE_BITS);
  }

  /** The hash of the line that ends at {@code end}, with its newline or without one; never 0. */
  static int lineHash(byte[] bytes, int end) {
    int hash = 0x811C9DC5;
    int from = end - 1;
    int least = Math.max(0, end - LINE_BYTES);
    while (from > least && bytes[from - 1] != '\n') {
      from--;
    }
    for (int i = from; i < end; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    hash = (hash ^ (hash >>> 15)) * 0x2C1B3C6D;
    return Math.max(1, hash >>> (32 - LINE_BITS));
  }
}
