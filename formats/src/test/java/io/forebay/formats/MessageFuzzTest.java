package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.internal.bytes.Words;
import io.forebay.formats.internal.json.JsonScanner;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages that are right, almost right and wrong, a million of each format. What a message holds
 * comes out as a record or as a bad one: words like {@code k17k} that survive the mutations are
 * found again.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MessageFuzzTest {
  private static final int MESSAGES = Integer.getInteger("forebay.messages", 100_000);
  private static final long SEED = Seed.of(20250105);

  /** A bad record's excerpt is not cut up to here. */
  private static final int WHOLE_BYTES = 200;

  private static final Schema FIELDS =
      Schema.of(
          Field.nullable("id", ColumnType.STRING),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT64),
          Field.nullable("ok", ColumnType.BOOL),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_NS));

  private final Random random = new Random(SEED);
  private final RandomLines lines = new RandomLines(SEED);
  private int word;

  private static MessageDecoder decoder(MessageFormat format, Schema fields) {
    return MessageFormats.decoder(format, fields, FormatLimits.DEFAULT, Set.of());
  }

  @Test
  void accepts_the_same_objects_as_jackson_when_json_messages_are_random() {
    MessageDecoder decoder = decoder(MessageFormat.JSON, RandomLines.SCHEMA);
    int accepted = 0;
    for (int i = 0; i < MESSAGES; i++) {
      byte[] line = lines.next();
      for (int j = 0; j < line.length; j++) {
        // Newlines are whitespace in a message.
        line[j] = line[j] == '\r' && j % 2 == 0 ? (byte) '\n' : line[j];
      }
      if (i % 2 == 0) {
        List<Line> read = Decoded.decode(decoder, line);
        // An empty message and one that begins an array are looked at elsewhere.
        boolean isObject = new String(line, StandardCharsets.ISO_8859_1).strip().startsWith("{");
        Optional<Jackson.Expected> expected =
            isObject ? Jackson.read(line, RandomLines.SCHEMA) : Optional.empty();
        accepted += check(line, isObject ? read : List.of(), expected, isObject ? 1 : 0);
      } else {
        array(decoder, line);
      }
    }
    assertThat(accepted).isBetween(MESSAGES / 10, MESSAGES * 4 / 10);
  }

  /** An array of that element among good ones: those before it, and it, are each told. */
  private static void array(MessageDecoder decoder, byte[] element) {
    byte[] good = "{\"s\":\"a\",\"int32\":1,\"value\":2}".getBytes(StandardCharsets.UTF_8);
    byte[] message = join("[".getBytes(StandardCharsets.UTF_8), good, ",", element, ",", good, "]");
    List<Line> read = Decoded.decode(decoder, message);
    byte[] scanned = Arrays.copyOf(element, element.length + 1 + Words.PADDING);
    for (int i = 0; i < element.length; i++) {
      scanned[i] = scanned[i] == '\n' ? (byte) '\r' : scanned[i];
    }
    scanned[element.length] = '\n';
    // Where quotes and braces match, the element ends where it ends.
    boolean isWhole = isBalanced(scanned, element.length);
    Optional<Jackson.Expected> expected = Jackson.read(element, RandomLines.SCHEMA);
    if (expected.isPresent()) {
      require(message, read.size() == 3, "3 elements");
      require(message, !read.get(1).isRejected(), "as Jackson says");
    } else if (isWhole) {
      // What stands behind a good object is told too.
      boolean twice = read.size() == 4 && !read.get(1).isRejected();
      require(message, twice || read.size() == 3, "3 elements");
      require(message, read.get(twice ? 2 : 1).isRejected(), "as Jackson says");
      require(message, !read.getLast().isRejected(), "the last is good");
    } else {
      require(message, read.size() >= 2, "the bad element is told");
    }
    require(message, !read.get(0).isRejected(), "the first is good");
  }

  private static boolean isBalanced(byte[] text, int length) {
    byte[] closed = Arrays.copyOf(text, text.length + 1);
    closed[length] = ',';
    closed[length + 1] = '\n';
    return JsonScanner.behindElement(closed, 0) == length;
  }

  @Test
  void tells_every_line_when_ndjson_messages_are_random() {
    MessageDecoder decoder = decoder(MessageFormat.NDJSON, RandomLines.SCHEMA);
    MessageDecoder single = decoder(MessageFormat.JSON, RandomLines.SCHEMA);
    for (int done = 0; done < MESSAGES; ) {
      List<byte[]> each = new ArrayList<>();
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        byte[] line = random.nextInt(10) == 0 ? new byte[] {' '} : lines.next();
        each.add(line);
        message.writeBytes(line);
        message.writeBytes(new byte[] {'\n'});
        done++;
      }
      List<Line> read = Decoded.decode(decoder, message.toByteArray());
      int at = 0;
      for (byte[] line : each) {
        String text = unmarked(line);
        if (text.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\r')) {
          continue;
        }
        require(line, at < read.size(), "a line is told");
        Line found = read.get(at++);
        List<Line> alone = Decoded.decode(single, line);
        boolean isObject = text.stripLeading().startsWith("{");
        require(line, isObject || found.isRejected(), "no object is bad");
        if (isObject) {
          require(line, found.isRejected() == alone.getFirst().isRejected(), "as alone");
          require(line, found.values().equals(alone.getFirst().values()), "values as alone");
        }
      }
      require(message.toByteArray(), at == read.size(), "nothing else is told");
    }
  }

  @Test
  void loses_no_word_when_csv_messages_are_random() {
    int good = 0;
    for (int i = 0; i < MESSAGES; i++) {
      // Of its own: a damaged header would hold for the messages behind it.
      MessageDecoder decoder = decoder(MessageFormat.CSV, FIELDS);
      StringBuilder text =
          new StringBuilder(random.nextInt(4) == 0 ? "id,value,count,ok,timestamp\n" : "");
      int rows = 1 + random.nextInt(3);
      for (int row = 0; row < rows; row++) {
        text.append(csvRow()).append(pick("\n", "\r\n"));
      }
      good += checkWords(decoder, text.toString(), rows);
    }
    assertThat(good).isGreaterThan(MESSAGES / 4);
  }

  private String csvRow() {
    String word = word();
    String id =
        switch (random.nextInt(5)) {
          case 0 -> '"' + word + ",é\n\"\"" + '"';
          case 1 -> '"' + word + '"';
          default -> word;
        };
    return id
        + ","
        + pick("", "1.5", "-2e3", "0")
        + ","
        + pick("", "7", "-9223372036854775808")
        + ","
        + pick("", "true", "false")
        + ","
        + pick("", "1700000000000000000", "2025-01-01T00:00:00.5Z");
  }

  @Test
  void reads_numbers_as_java_does_when_messages_are_random() {
    MessageDecoder decoder =
        decoder(MessageFormat.NUMBER, MessageFormats.defaultFields(MessageFormat.NUMBER));
    String alphabet = "0123456789012345678901234567890123456789..--++eEe \t\nxiN,";
    int accepted = 0;
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message;
      if (random.nextBoolean()) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        message = text.toString().getBytes(StandardCharsets.UTF_8);
      } else {
        String number =
            random.nextBoolean()
                ? Double.toString(Double.longBitsToDouble(random.nextLong()))
                : (random.nextInt(2000) - 1000) / 8.0 + "";
        message = number.getBytes(StandardCharsets.UTF_8);
        message = random.nextInt(3) == 0 ? lines.mutate(message) : message;
      }
      List<Line> read = Decoded.decode(decoder, message);
      require(message, read.size() == 1, "one record");
      String text = unmarked(message).replaceAll("^[ \t\r\n]+|[ \t\r\n]+$", "");
      double expected = java(text);
      boolean isNumber = Double.isFinite(expected);
      require(message, isNumber != read.getFirst().isRejected(), "as Java says");
      if (isNumber) {
        accepted++;
        require(message, read.getFirst().values().equals(Map.of("value", expected)), "the value");
      }
    }
    assertThat(accepted).isGreaterThan(MESSAGES / 4);
  }

  /** The bytes as characters, without a byte order mark at the beginning. */
  private static String unmarked(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("^\u00EF\u00BB\u00BF", "");
  }

  /** NaN where it is no number: Java also takes suffixes, hexadecimal numbers and names. */
  private static double java(String text) {
    if (!text.chars().allMatch(c -> (c >= '0' && c <= '9') || ".+-eE".indexOf(c) >= 0)) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  @Test
  void loses_no_word_when_line_protocol_messages_are_random() {
    MessageDecoder decoder = decoder(MessageFormat.LINE_PROTOCOL, FIELDS);
    int good = 0;
    for (int i = 0; i < MESSAGES; i++) {
      StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "# comment\n\n" : "");
      int points = 1 + random.nextInt(3);
      for (int point = 0; point < points; point++) {
        text.append(point()).append(pick("\n", "\r\n", " \n"));
      }
      good += checkWords(decoder, text.toString(), points);
    }
    assertThat(good).isGreaterThan(MESSAGES / 4);
  }

  private String point() {
    StringBuilder point = new StringBuilder(pick("m", "m\\ \\,", "é") + word());
    if (random.nextBoolean()) {
      point.append(",id=").append(word()).append(pick("", "\\ x", "\\=\\,", "\\y"));
    }
    if (random.nextInt(3) == 0) {
      point.append(",").append(word()).append(pick("", "\\ ")).append("=t");
    }
    point.append(pick(" ", "  ")).append("value=").append(pick("1", "-2.5e3", ".5", "7i"));
    if (random.nextBoolean()) {
      point.append(",count=").append(pick("1i", "12u", "-5i"));
    }
    if (random.nextBoolean()) {
      point.append(",ok=").append(pick("t", "FALSE", "True"));
    }
    if (random.nextBoolean()) {
      String text = pick("", "\n", "\\\"", "\\\\", " ,=", "\\q");
      point.append(",s").append("=\"").append(word()).append(text).append('"');
    }
    return point.append(pick("", " 1700000000000000000", " -1")).toString();
  }

  /**
   * Decodes the text as it is, then with mutations; returns whether it was left as it is.
   *
   * @param records how many are in it
   */
  private int checkWords(MessageDecoder decoder, String text, int records) {
    byte[] message = text.getBytes(StandardCharsets.UTF_8);
    boolean isGood = random.nextInt(3) == 0;
    for (int n = isGood ? 0 : 1 + random.nextInt(3); n > 0; n--) {
      message = lines.mutate(message);
    }
    List<Line> read = Decoded.decode(decoder, message);
    if (isGood) {
      require(message, read.size() == records, records + " records");
      require(message, read.stream().noneMatch(Line::isRejected), "all are good");
    }
    String seen = new String(message, StandardCharsets.ISO_8859_1);
    // In comments, words may be lost; in long excerpts they may be cut off.
    if (message.length <= WHOLE_BYTES && (isGood || seen.indexOf('#') < 0)) {
      StringBuilder out = new StringBuilder();
      for (Line line : read) {
        out.append(line.values()).append(line.extras()).append(line.excerpt()).append('\n');
      }
      int inside = words(seen);
      int outside = words(out.toString());
      require(message, outside >= inside, inside + " words, but only " + outside + " in " + out);
    }
    return isGood ? 1 : 0;
  }

  private String word() {
    return "k" + (100 + word++ % 900) + "k";
  }

  private static int words(String text) {
    int words = 0;
    for (int i = 0; i + 5 <= text.length(); i++) {
      if (text.charAt(i) == 'k'
          && text.charAt(i + 4) == 'k'
          && Character.isDigit(text.charAt(i + 1))
          && Character.isDigit(text.charAt(i + 2))
          && Character.isDigit(text.charAt(i + 3))) {
        words++;
        i += 4;
      }
    }
    return words;
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private static int check(
      byte[] message, List<Line> read, Optional<Jackson.Expected> expected, int count) {
    require(message, read.size() == count, count + " records");
    if (count == 0) {
      return 0;
    }
    Line line = read.getFirst();
    require(message, expected.isPresent() != line.isRejected(), "as Jackson says");
    if (expected.isPresent()) {
      require(message, expected.get().values().equals(line.values()), "the values");
      return 1;
    }
    return 0;
  }

  private static byte[] join(Object... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (Object part : parts) {
      joined.writeBytes(
          part instanceof byte[] bytes ? bytes : part.toString().getBytes(StandardCharsets.UTF_8));
    }
    return joined.toByteArray();
  }

  private static void require(byte[] message, boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(
          "expected " + what + " of <" + new String(message, StandardCharsets.UTF_8) + ">");
    }
  }
}
