package io.forebay.connectors.net;

/** A datagram and who sent it. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Datagram(byte[] bytes, Object sender) {
  /** What a datagram takes beyond its bytes. */
  private static final int OVERHEAD_BYTES = 64;

  int memoryBytes() {
    return bytes.length + OVERHEAD_BYTES;
  }

  /** How many lines it has. */
  int lines() {
    int lines = bytes.length > 0 && bytes[bytes.length - 1] != '\n' ? 1 : 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    return lines;
  }
}
