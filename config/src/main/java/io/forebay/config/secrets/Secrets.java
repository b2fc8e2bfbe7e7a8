package io.forebay.config.secrets;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must not be printed, and how it is hidden: wherever a secret stands in a text, as it is,
 * quoted or encoded, the text shows {@code ***}. A piece of a secret is hidden, too, where it has
 * half of its characters and at least 12, or 32: a message may be cut, or a line end in the middle.
 *
 * <p>May be used by any thread. A secret is hidden from when it is added.
 */
public final class Secrets {
  public static final String STARS = "***";

  /** A shorter one is a word that stands anywhere, and hiding it would hide what is said. */
  public static final int LEAST_CHARS = 4;

  private static final int LEAST_PIECE = 12;
  private static final int LONGEST_PIECE = 32;

  /** What parameters are set to that is no secret although it comes from outside the file. */
  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "none", "auto", "info", "debug", "warn", "error");

  private static final int MOST_DIGITS = 5;

  @GuardedBy("this")
  private final Set<String> values = new LinkedHashSet<>();

  private volatile Pieces pieces = new Pieces(List.of());

  /**
   * Adds a value of a key that is declared a secret.
   *
   * @return whether it can be hidden
   */
  public synchronized boolean add(String secret) {
    if (secret.strip().length() < LEAST_CHARS) {
      return false;
    }
    if (values.add(secret)) {
      Set<String> forms = new LinkedHashSet<>();
      values.forEach(value -> forms.addAll(SecretForms.of(value, LEAST_CHARS)));
      pieces = new Pieces(List.copyOf(forms));
    }
    return true;
  }

  /** Adds what was put into a parameter: a secret, unless it is a plain word or a short number. */
  public void addParameter(String value) {
    boolean number = value.length() <= MOST_DIGITS && value.chars().allMatch(Character::isDigit);
    if (!number && !WORDS.contains(value.toLowerCase(Locale.ROOT))) {
      add(value);
    }
  }

  /** The text with {@code ***} in place of secrets. */
  public String hide(String text) {
    return pieces.hide(text);
  }

  /**
   * How many characters at the end of a text may be the beginning of a secret whose rest is still
   * to come.
   */
  public int begun(String text) {
    return pieces.begun(text);
  }

  /** The pieces by which secrets are recognized; never changed. */
  private static final class Pieces {
    private final List<String> forms;

    /** All forms, one behind the other. */
    private final String all;

    /** By length: the hash of each piece of that length, and where it begins in {@link #all}. */
    private final Map<Integer, long[]> hashes = new TreeMap<>();

    Pieces(List<String> forms) {
      this.forms = forms;
      this.all = String.join("", forms);
      Map<Integer, List<Long>> found = new TreeMap<>();
      int at = 0;
      for (String form : forms) {
        int length = pieceOf(form.length());
        Rolling rolling = new Rolling(length);
        for (int i = 0; i < form.length(); i++) {
          int hash = rolling.next(form, i);
          if (i >= length - 1) {
            long entry = ((long) hash << 32) | (at + i - length + 1);
            found.computeIfAbsent(length, l -> new ArrayList<>()).add(entry);
          }
        }
        at += form.length();
      }
      found.forEach((length, entries) ->
          hashes.put(length, entries.stream().mapToLong(Long::longValue).sorted().toArray()));
    }

    private static int pieceOf(int length) {
      return Math.min(length, Math.min(LONGEST_PIECE, Math.max(LEAST_PIECE, (length + 1) / 2)));
    }

    String hide(String text) {
      BitSet secret = marks(text);
      if (secret.isEmpty()) {
        return text;
      }
      StringBuilder hidden = new StringBuilder(text.length());
      int from = 0;
      for (int at = secret.nextSetBit(0); at >= 0; at = secret.nextSetBit(from)) {
        hidden.append(text, from, at).append(STARS);
        from = secret.nextClearBit(at);
      }
      return hidden.append(text, from, text.length()).toString();
    }

    private BitSet marks(String text) {
      BitSet secret = new BitSet();
      hashes.forEach((length, entries) -> mark(text, length, entries, secret));
      return secret;
    }

    private void mark(String text, int length, long[] entries, BitSet secret) {
      Rolling rolling = new Rolling(length);
      for (int i = 0; i < text.length(); i++) {
        int hash = rolling.next(text, i);
        int begin = i - length + 1;
        if (begin >= 0 && isPiece(text, begin, length, hash, entries)) {
          secret.set(begin, i + 1);
        }
      }
    }

    private boolean isPiece(String text, int begin, int length, int hash, long[] entries) {
      int at = Arrays.binarySearch(entries, (long) hash << 32);
      for (int i = at < 0 ? -at - 1 : at; i < entries.length && entries[i] >> 32 == hash; i++) {
        if (text.regionMatches(begin, all, (int) entries[i], length)) {
          return true;
        }
      }
      return false;
    }

    int begun(String text) {
      BitSet secret = marks(text);
      int most = 0;
      for (String form : forms) {
        int longest = Math.min(text.length(), form.length() - 1);
        for (int length = longest; length > most; length--) {
          int begin = text.length() - length;
          boolean within = begin > 0 && secret.get(begin - 1) && secret.get(begin);
          if (!within && text.regionMatches(begin, form, 0, length)) {
            most = length;
          }
        }
      }
      return most;
    }
  }

  /** The hash of the last characters of a text, from one character to the next. */
  private static final class Rolling {
    private static final int FACTOR = 31;

    private final int length;
    private final int gone;
    private int hash;

    Rolling(int length) {
      this.length = length;
      int power = 1;
      for (int i = 0; i < length; i++) {
        power *= FACTOR;
      }
      this.gone = power;
    }

    int next(String text, int at) {
      hash = hash * FACTOR + text.charAt(at);
      if (at >= length) {
        hash -= gone * text.charAt(at - length);
      }
      return hash;
    }
  }
}
