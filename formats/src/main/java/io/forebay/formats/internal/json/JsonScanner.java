package io.forebay.formats.internal.json;

import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.NameSet;
import io.forebay.formats.internal.bytes.Utf8;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.numbers.Decimal;
import java.util.Arrays;

/**
 * The grammar of JSON (RFC 8259), strictly, on the bytes of one line that ends with a newline: the
 * newline is no JSON whitespace here, so that nothing reads beyond it.
 *
 * <p>Stricter than the grammar: UTF-8 must be valid, an escaped surrogate must have its other half,
 * names within an object must differ, and {@link FormatLimits} bound strings, depth and members.
 */
public final class JsonScanner {
  private final FormatLimits limits;
  private final NameSet names = new NameSet();
  private int members;
  private int objects;

  /** The string that {@link #string} has read, without quotes; not yet unescaped. */
  private int stringFrom;

  private int stringTo;
  private boolean escaped;

  /** The string unescaped: {@code text[textFrom, textFrom + textLength)}. */
  private byte[] text = new byte[0];

  private int textFrom;
  private int textLength;
  private byte[] unescaped = new byte[64];

  public JsonScanner(FormatLimits limits) {
    this.limits = limits;
  }

  /** Forgets the names of the line before. */
  public void reset() {
    if (objects != 0) {
      names.clear();
      objects = 0;
    }
    members = 0;
  }

  /** The index of the first byte at or behind {@code p} that is not JSON whitespace. */
  public static int space(byte[] bytes, int p) {
    int at = p;
    while (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r') {
      at++;
    }
    return at;
  }

  /** A number for {@link #name}: one object of this line. */
  int newObject() {
    return ++objects;
  }

  /** Counts a member of the line. */
  void member(int at) throws BadRecord {
    if (++members > limits.members()) {
      throw new BadRecord(at, "the record has more than " + limits.members() + " members");
    }
  }

  /**
   * Remembers the name that {@link #string} and {@link #unescape} have read as one of {@code
   * object}.
   */
  void name(int object, int at) throws BadRecord {
    if (!names.add(object, text, textFrom, textLength)) {
      throw new BadRecord(
          at,
          "the name \""
              + BadRecord.found(text, textFrom, textFrom + textLength)
              + "\" appears twice");
    }
  }

  public byte[] text() {
    return text;
  }

  public int textFrom() {
    return textFrom;
  }

  public int textLength() {
    return textLength;
  }

  /**
   * Checks the string whose opening quote is at {@code p}.
   *
   * @return the index behind the closing quote
   */
  public int string(byte[] bytes, int p) throws BadRecord {
    escaped = false;
    stringFrom = p + 1;
    int at = stringFrom;
    while (true) {
      long special = Words.special(Words.get(bytes, at));
      if (special == 0) {
        at += 8;
        continue;
      }
      at += Words.index(special);
      byte b = bytes[at];
      if (b == '"') {
        break;
      } else if (b == '\\') {
        escaped = true;
        at = escape(bytes, at);
      } else if (b < 0) {
        int next = Utf8.next(bytes, at);
        if (next < 0) {
          throw new BadRecord(at, "broken UTF-8");
        }
        at = next;
      } else if (b == '\n') {
        throw new BadRecord(p, "a string is not closed");
      } else {
        throw new BadRecord(
            at, String.format("the control character U+%04X must be escaped in a string", b));
      }
    }
    stringTo = at;
    if (stringTo - stringFrom > limits.stringBytes()) {
      throw new BadRecord(p, "a string is longer than " + limits.stringBytes() + " bytes");
    }
    return at + 1;
  }

  private static int escape(byte[] bytes, int at) throws BadRecord {
    return switch (bytes[at + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
      case 'u' -> unicodeEscape(bytes, at);
      default -> throw new BadRecord(at, "unknown escape in a string");
    };
  }

  private static int unicodeEscape(byte[] bytes, int at) throws BadRecord {
    char unit = (char) hex(bytes, at + 2);
    if (!Character.isSurrogate(unit)) {
      return at + 6;
    }
    if (Character.isHighSurrogate(unit)
        && bytes[at + 6] == '\\'
        && bytes[at + 7] == 'u'
        && Character.isLowSurrogate((char) hex(bytes, at + 8))) {
      return at + 12;
    }
    throw new BadRecord(at, "an escaped surrogate lacks its other half");
  }

  private static int hex(byte[] bytes, int at) throws BadRecord {
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = bytes[i] < 0 ? -1 : Character.digit(bytes[i], 16);
      if (digit < 0) {
        throw new BadRecord(i, "expected four hexadecimal digits behind \\u");
      }
      unit = (unit << 4) | digit;
    }
    return unit;
  }

  /** Makes {@link #text} the string that was read last. */
  public void unescape(byte[] bytes) {
    if (escaped) {
      unescapeSlowly(bytes);
    } else {
      text = bytes;
      textFrom = stringFrom;
      textLength = stringTo - stringFrom;
    }
  }

  private void unescapeSlowly(byte[] bytes) {
    // No escape is shorter than what it stands for.
    int room = stringTo - stringFrom + Words.PADDING;
    if (unescaped.length < room) {
      unescaped = new byte[Math.max(room, 2 * unescaped.length)];
    }
    int to = 0;
    for (int at = stringFrom; at < stringTo; ) {
      byte b = bytes[at++];
      if (b != '\\') {
        unescaped[to++] = b;
        continue;
      }
      b = bytes[at++];
      if (b == 'u') {
        int unit = unit(bytes, at);
        at += 4;
        if (Character.isHighSurrogate((char) unit)) {
          unit = Character.toCodePoint((char) unit, (char) unit(bytes, at + 2));
          at += 6;
        }
        to = Utf8.encode(unit, unescaped, to);
      } else {
        unescaped[to++] =
            switch (b) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> b;
            };
      }
    }
    text = unescaped;
    textFrom = 0;
    textLength = to;
  }

  private static int unit(byte[] bytes, int at) {
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      unit = (unit << 4) | Character.digit(bytes[i], 16);
    }
    return unit;
  }

  /** The string that was unescaped last. */
  public byte[] copyText() {
    return Arrays.copyOfRange(text, textFrom, textFrom + textLength);
  }

  /**
   * Checks any value.
   *
   * @param p its first byte
   * @param depth how many objects and arrays are around it
   * @return the index behind it
   */
  public int skip(byte[] bytes, int p, int depth, Decimal number) throws BadRecord {
    return switch (bytes[p]) {
      case '"' -> string(bytes, p);
      case '{' -> skipObject(bytes, p, depth + 1, number);
      case '[' -> skipArray(bytes, p, depth + 1, number);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number.scan(bytes, p);
      default -> {
        if (Words.isTrue(bytes, p) || Words.isNull(bytes, p)) {
          yield p + 4;
        }
        if (Words.isFalse(bytes, p)) {
          yield p + 5;
        }
        throw new BadRecord(p, "expected a value, found " + found(bytes, p));
      }
    };
  }

  private int skipObject(byte[] bytes, int p, int depth, Decimal number) throws BadRecord {
    enter(p, depth);
    int object = newObject();
    int at = space(bytes, p + 1);
    if (bytes[at] == '}') {
      return at + 1;
    }
    while (true) {
      expect(bytes, at, '"', "a name in quotes");
      int nameAt = at;
      member(at);
      at = string(bytes, at);
      unescape(bytes);
      name(object, nameAt);
      at = space(bytes, at);
      expect(bytes, at, ':', "':'");
      at = space(bytes, at + 1);
      at = space(bytes, skip(bytes, at, depth, number));
      if (bytes[at] == '}') {
        return at + 1;
      }
      expect(bytes, at, ',', "',' or '}'");
      at = space(bytes, at + 1);
    }
  }

  private int skipArray(byte[] bytes, int p, int depth, Decimal number) throws BadRecord {
    enter(p, depth);
    int at = space(bytes, p + 1);
    if (bytes[at] == ']') {
      return at + 1;
    }
    while (true) {
      at = space(bytes, skip(bytes, at, depth, number));
      if (bytes[at] == ']') {
        return at + 1;
      }
      expect(bytes, at, ',', "',' or ']'");
      at = space(bytes, at + 1);
    }
  }

  private void enter(int p, int depth) throws BadRecord {
    if (depth > limits.depth()) {
      throw new BadRecord(p, "objects and arrays nest deeper than " + limits.depth());
    }
  }

  /**
   * Finds the end of an element of an array by quotes and braces alone, whatever is within.
   *
   * @return the index of the comma or bracket behind the element at {@code p}, or -1
   */
  public static int behindElement(byte[] bytes, int p) {
    int depth = 0;
    for (int at = p; ; at++) {
      switch (bytes[at]) {
        case '\n' -> {
          return -1;
        }
        case '"' -> {
          at++;
          while (bytes[at] != '"') {
            if (bytes[at] == '\n' || (bytes[at] == '\\' && bytes[++at] == '\n')) {
              return -1;
            }
            at++;
          }
        }
        case '{', '[' -> depth++;
        case ']' -> {
          if (depth == 0) {
            return at;
          }
          depth--;
        }
        case '}' -> depth -= depth == 0 ? 0 : 1;
        case ',' -> {
          if (depth == 0) {
            return at;
          }
        }
        default -> {}
      }
    }
  }

  public static void expect(byte[] bytes, int at, char expected, String what) throws BadRecord {
    if (bytes[at] != expected) {
      throw new BadRecord(at, "expected " + what + ", found " + found(bytes, at));
    }
  }

  /** A short piece of the line from {@code at} on, for a reason. */
  public static String found(byte[] bytes, int at) {
    if (bytes[at] == '\n') {
      return "the end of the line";
    }
    int end = at + 1;
    if (bytes[at] == '"') {
      while (bytes[end] != '"' && bytes[end] != '\n') {
        end++;
      }
      end += bytes[end] == '"' ? 1 : 0;
    } else if (bytes[at] == '{' || bytes[at] == '[') {
      return bytes[at] == '{' ? "an object" : "an array";
    } else {
      while (" \t\r\n,]}:".indexOf(bytes[end]) < 0) {
        end++;
      }
    }
    return BadRecord.found(bytes, at, end);
  }
}
