package io.forebay.connectors.mqtt.internal.topics;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Field;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The topic of a record: {@code out/{line}/{sensorId}}, with the values of its fields. A {@code /},
 * {@code +}, {@code #} or NUL in a value, which would make another topic of it, is written as
 * {@code _}; so are an empty or missing value and a {@code $} at the very beginning. Of a value
 * that is longer than 256 characters the rest is left out. Used by one thread.
 */
public final class TopicTemplate {
  private static final Pattern NAME = Pattern.compile("\\{([^{}]*)\\}");
  private static final int LONGEST = 32_767;
  private static final int LONGEST_LEVEL = 256;
  private static final int MOST_NAMES = 32;

  private final List<String> literals = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<Integer> columns = new ArrayList<>();

  public TopicTemplate(String text) {
    Matcher matcher = NAME.matcher(text);
    int from = 0;
    while (matcher.find()) {
      literals.add(text.substring(from, matcher.start()));
      names.add(matcher.group(1));
      from = matcher.end();
    }
    literals.add(text.substring(from));
    if (names.size() > MOST_NAMES) {
      throw new ConfigurationException("a topic has at most " + MOST_NAMES + " fields");
    }
    for (String literal : literals) {
      if (literal.matches("(?s).*[+#{}\\x00].*")) {
        throw new ConfigurationException(
            "the topic '"
                + text
                + "' is wrong: it has no wildcards, and fields stand in braces:"
                + " out/{sensorId}");
      }
    }
    if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new ConfigurationException("a topic has 1 to 32767 bytes: write out/{sensorId}");
    }
  }

  /**
   * Finds the fields.
   *
   * @throws ConfigurationException if one is not there, or has no text
   */
  public void bind(Schema schema) {
    columns.clear();
    for (String name : names) {
      Field field = schema.field(name);
      switch (field.type()) {
        case STRING, BOOL, INT32, INT64 -> columns.add(schema.indexOf(name));
        default ->
            throw new ConfigurationException(
                "the field '"
                    + name
                    + "' is "
                    + field.type()
                    + " and cannot be part of a topic: use one of type string, bool, int32 or"
                    + " int64");
      }
    }
  }

  /** The topic of the row. */
  public String of(Batch batch, int row) {
    StringBuilder topic = new StringBuilder(literals.getFirst());
    for (int i = 0; i < columns.size(); i++) {
      topic.append(level(batch, columns.get(i), row)).append(literals.get(i + 1));
    }
    if (literals.getFirst().isEmpty() && topic.charAt(0) == '$') {
      topic.setCharAt(0, '_');
    }
    return topic.toString();
  }

  private static String level(Batch batch, int column, int row) {
    if (batch.column(column).isNull(row)) {
      return "_";
    }
    String text =
        switch (batch.column(column)) {
          case StringColumn strings -> strings.get(row);
          case Int32Column numbers -> Integer.toString(numbers.get(row));
          case Int64Column numbers -> Long.toString(numbers.get(row));
          case BoolColumn truths -> Boolean.toString(truths.get(row));
          default -> throw new AssertionError("bind() has refused it");
        };
    return text.isEmpty() ? "_" : clean(shortened(text));
  }

  private static String shortened(String text) {
    if (text.length() <= LONGEST_LEVEL) {
      return text;
    }
    boolean pair = Character.isHighSurrogate(text.charAt(LONGEST_LEVEL - 1));
    return text.substring(0, pair ? LONGEST_LEVEL - 1 : LONGEST_LEVEL);
  }

  private static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/' || c == '+' || c == '#' || c == 0) {
        return text.replaceAll("[/+#\\x00]", "_");
      }
    }
    return text;
  }
}
