package io.forebay.config.internal.reading;

import java.util.ArrayList;
import java.util.List;

/** Lists in sentences. */
public final class Wording {
  private Wording() {}

  /** {@code 'a'}, {@code 'b'} or {@code 'c'}. */
  public static String oneOf(List<String> words) {
    List<String> quoted = new ArrayList<>();
    for (String word : words) {
      quoted.add("'" + word + "'");
    }
    if (quoted.size() < 2) {
      return String.join("", quoted);
    }
    String last = quoted.removeLast();
    return String.join(", ", quoted) + " or " + last;
  }

  /** {@code a} or {@code an} before the word. */
  static String article(String word) {
    return "aeiou".indexOf(word.charAt(0)) >= 0 ? "an " + word : "a " + word;
  }
}
