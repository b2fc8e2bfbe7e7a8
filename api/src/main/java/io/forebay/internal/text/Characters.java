package io.forebay.internal.text;

/** What can be shown and written as it is. */
public final class Characters {
  private Characters() {}

  /**
   * Whether the character at {@code i} is no control character, none that ends a line for some
   * readers (U+2028, U+2029), and no half of a character whose other half is not beside it.
   */
  public static boolean isPlain(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
    return !Character.isISOControl(c) && c != '\u2028' && c != '\u2029';
  }
}
