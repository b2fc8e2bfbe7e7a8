package io.forebay.errors;

import java.nio.charset.StandardCharsets;

/**
 * A text is no Unicode: it holds half of a character, a surrogate without its other half, for which
 * UTF-8 has no bytes. Java would write a question mark in its place.
 */
public final class UnpairedSurrogateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private UnpairedSurrogateException(String message) {
    super(message);
  }

  /**
   * The UTF-8 of a text, whole or not at all.
   *
   * @param column the column that the text is for, for the message
   * @throws UnpairedSurrogateException naming the column and the half character
   */
  public static byte[] utf8(String text, String column) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        if (Character.isHighSurrogate(unit)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
          continue;
        }
        throw new UnpairedSurrogateException(
            String.format(
                "the text for the column '%s' has a surrogate without its other half (U+%04X,"
                    + " character %d), which no UTF-8 can hold: cut texts between characters",
                column, (int) unit, i + 1));
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
