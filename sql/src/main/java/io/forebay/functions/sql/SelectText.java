package io.forebay.functions.sql;

import io.forebay.errors.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement as it was written, looked at before DuckDB sees it: it has to compute each row from
 * that row and the tables alone, because batches are cut anywhere.
 *
 * @param text without a semicolon at its end
 * @param rest what follows {@code select}
 */
record SelectText(String text, String rest) {
  /** Texts, quoted names and comments, in which no words are looked for. */
  private static final Pattern OPAQUE =
      Pattern.compile("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  private static final Pattern SELECT = Pattern.compile("\\s*select\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");

  /** Words that make a row's result depend on other rows of its batch. */
  private static final Set<String> OF_SEVERAL_ROWS =
      Set.of("over", "limit", "offset", "qualify", "sample", "tablesample");

  private static final Set<String> CLOCKS =
      Set.of("current_timestamp", "current_date", "current_time", "localtime", "localtimestamp");

  /**
   * Looks at a statement.
   *
   * @param unsteady functions whose result is not decided by their arguments
   * @throws ConfigurationException in one sentence, with the place
   */
  static SelectText of(String written, Set<String> unsteady) {
    String text = written.replaceFirst("[;\\s]+$", "");
    String plain = blanked(text);
    Matcher select = SELECT.matcher(plain);
    if (!select.lookingAt()) {
      throw new ConfigurationException(
          "the parameter sql does not begin with select: write it as select … from batch; what"
              + " would stand behind with is written as a table in parentheses");
    }
    List<Integer> batches = new ArrayList<>();
    Matcher words = WORD.matcher(plain);
    while (words.find()) {
      String word = words.group().toLowerCase(Locale.ROOT);
      boolean called = isFollowedBy(plain, words.end(), '(');
      if (OF_SEVERAL_ROWS.contains(word)) {
        throw refused(
            word, words.start(), "a row's result may not depend on other rows of its batch");
      }
      if (CLOCKS.contains(word) || (called && unsteady.contains(word))) {
        throw refused(word, words.start(), "a row has to give the same result when it is repeated");
      }
      if (word.equals(BatchTable.NAME) && !isFollowedBy(plain, words.end(), '.')) {
        batches.add(words.start());
      }
    }
    if (batches.isEmpty()) {
      throw new ConfigurationException(
          "the parameter sql does not read the table batch, in which the records are: write it as"
              + " select … from batch");
    }
    if (batches.size() > 1) {
      throw refused(
          BatchTable.NAME,
          batches.get(1),
          "a row's result may not depend on other rows of its batch, so batch is named once");
    }
    String rest = text.substring(select.end());
    if (plain.substring(select.end()).strip().toLowerCase(Locale.ROOT).startsWith("distinct")) {
      throw refused(
          "distinct",
          plain.toLowerCase(Locale.ROOT).indexOf("distinct"),
          "a row's result may not depend on other rows of its batch");
    }
    return new SelectText(text, rest);
  }

  private static ConfigurationException refused(String word, int at, String why) {
    return new ConfigurationException(
        "the parameter sql has %s at character %d, but %s: leave it out"
            .formatted(word, at + 1, why));
  }

  private static boolean isFollowedBy(String plain, int at, char wanted) {
    int next = at;
    while (next < plain.length() && Character.isWhitespace(plain.charAt(next))) {
      next++;
    }
    return next < plain.length() && plain.charAt(next) == wanted;
  }

  /** The text with spaces in place of what has no words. */
  private static String blanked(String text) {
    Matcher opaque = OPAQUE.matcher(text);
    StringBuilder plain = new StringBuilder(text);
    while (opaque.find()) {
      for (int i = opaque.start(); i < opaque.end(); i++) {
        plain.setCharAt(i, ' ');
      }
    }
    return plain.toString();
  }
}
