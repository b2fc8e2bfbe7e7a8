package io.forebay.connectors.net;

import java.util.Arrays;

/** Looks for the token in a connection's first line. Used by the connection's event loop. */
final class TokenLine {
  private static final int MOST_BYTES = 4096;

  /** How far it got. */
  sealed interface State {
    /** The line has not ended. */
    record Incomplete() implements State {}

    /** The line is not the token. */
    record Wrong() implements State {}

    /** It is; behind it came {@code rest}. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Right(byte[] rest) implements State {}
  }

  private final AccessToken token;
  private byte[] line = new byte[0];

  TokenLine(AccessToken token) {
    this.token = token;
  }

  State feed(byte[] bytes) {
    int before = line.length;
    if (before + bytes.length > MOST_BYTES + 65_536) {
      return new State.Wrong();
    }
    line = Arrays.copyOf(line, before + bytes.length);
    System.arraycopy(bytes, 0, line, before, bytes.length);
    for (int i = before; i < line.length; i++) {
      if (line[i] == '\n') {
        int end = i > 0 && line[i - 1] == '\r' ? i - 1 : i;
        int start =
            i >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF
                ? 3
                : 0;
        return token.matches(Arrays.copyOfRange(line, start, end))
            ? new State.Right(Arrays.copyOfRange(line, i + 1, line.length))
            : new State.Wrong();
      }
    }
    return line.length > MOST_BYTES ? new State.Wrong() : new State.Incomplete();
  }
}
