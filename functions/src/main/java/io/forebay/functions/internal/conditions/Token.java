package io.forebay.functions.internal.conditions;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A word of a condition.
 *
 * @param text without quotes
 * @param at where it begins, counted from 1
 */
record Token(Kind kind, String text, int at) {
  enum Kind {
    /** A keyword or a column. */
    NAME,
    /** A column in double quotes. */
    QUOTED,
    NUMBER,
    /** A text in single quotes. */
    TEXT,
    SYMBOL,
    END
  }

  private static final Pattern WORD =
      Pattern.compile(
          "(?<name>[\\p{L}_][\\p{L}\\p{N}_.]*)"
              + "|(?<number>[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,4})?)"
              + "|'(?<text>([^']|'')*)'"
              + "|\"(?<quoted>([^\"]|\"\")+)\""
              + "|(?<symbol><=|>=|<>|!=|==|[=<>(),])");

  /** The words of a text, and an {@link Kind#END}. */
  static List<Token> of(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    int at = 0;
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        tokens.add(new Token(Kind.END, "", at + 1));
        return tokens;
      }
      if (!matcher.region(at, text.length()).lookingAt()) {
        throw new IllegalArgumentException(
            "of which '%s' at character %d is not understood"
                .formatted(text.substring(at, Math.min(text.length(), at + 10)), at + 1));
      }
      tokens.add(of(matcher, at + 1));
      at = matcher.end();
    }
  }

  private static Token of(Matcher matcher, int at) {
    for (Kind kind : Kind.values()) {
      String found = kind == Kind.END ? null : matcher.group(kind.name().toLowerCase(Locale.ROOT));
      if (found != null) {
        String text =
            switch (kind) {
              case TEXT -> found.replace("''", "'");
              case QUOTED -> found.replace("\"\"", "\"");
              default -> found;
            };
        return new Token(kind, text, at);
      }
    }
    throw new IllegalStateException(matcher.group());
  }

  /** Whether it is that symbol, or that keyword in upper or lower case. */
  boolean is(String word) {
    return kind == Kind.SYMBOL
        ? text.equals(word)
        : kind == Kind.NAME && text.equalsIgnoreCase(word);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "its end" : "'" + text + "' at character " + at;
  }
}
