package io.forebay.config.internal.reading;

import io.forebay.columns.ColumnType;
import io.forebay.config.secrets.Secret;
import io.forebay.config.values.ByteSize;
import io.forebay.config.values.FieldType;
import io.forebay.config.values.KafkaStart;
import io.forebay.config.values.MqttPayload;
import io.forebay.config.values.OutOfRangeException;
import io.forebay.config.values.WhenSlow;
import io.forebay.config.values.WorkerCount;
import io.forebay.connectors.file.FileFormat;
import io.forebay.connectors.file.ReplaySpeed;
import io.forebay.connectors.mqtt.MqttProtocol;
import io.forebay.connectors.simulated.Waveform;
import io.forebay.engine.Delivery;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.RejectionLimit;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.WorkerPriority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a Java type is written as one value of the pipeline file.
 *
 * @param noun what the value is called in messages: {@code a duration}
 * @param hint what to write instead of a wrong one
 * @param words the words that are allowed, for suggestions; empty where any text may stand
 * @param quotable whether the value may stand in quotes
 * @param parse throws IllegalArgumentException for a wrong value
 * @param schema the type in JSON Schema
 */
public record ValueType(
    String noun,
    String hint,
    List<String> words,
    boolean quotable,
    Function<String, Object> parse,
    Map<String, Object> schema) {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12}) ?(ms|s|m|h)");
  private static final Pattern NOTHING = Pattern.compile("[-+]?[0.]+([eE].*)?");

  /** Ten years: nobody waits longer, and nanoseconds of it fit into a long. */
  private static final Duration LONGEST = Duration.ofDays(3_650);

  private static final Pattern REJECTION_LIMIT =
      Pattern.compile("(none|[0-9]{1,15}|[0-9]{1,3}(\\.[0-9]{1,6})? ?%)");

  private static final Map<Class<?>, ValueType> KNOWN =
      Map.ofEntries(
          Map.entry(
              String.class, new ValueType("a text", "", List.of(), true, t -> t, type("string"))),
          Map.entry(
              Secret.class,
              new ValueType(
                  "a secret",
                  "write ${env:NAME} or ${file:PATH}",
                  List.of(),
                  true,
                  Secret::new,
                  type("string"))),
          Map.entry(
              boolean.class,
              new ValueType(
                  "true or false",
                  "write true or false",
                  List.of("true", "false"),
                  false,
                  oneOf(Map.of("true", true, "false", false)),
                  type("boolean"))),
          Map.entry(
              Boolean.class,
              new ValueType(
                  "true or false",
                  "write true or false",
                  List.of("true", "false"),
                  false,
                  oneOf(Map.of("true", true, "false", false)),
                  type("boolean"))),
          Map.entry(int.class, wholeNumber(Integer::valueOf)),
          Map.entry(long.class, wholeNumber(Long::valueOf)),
          Map.entry(
              double.class,
              new ValueType(
                  "a number",
                  "write a number",
                  List.of(),
                  false,
                  ValueType::number,
                  type("number"))),
          Map.entry(
              Duration.class,
              new ValueType(
                  "a duration",
                  "write a number with ms, s, m or h, such as 500ms or 30s",
                  List.of(),
                  true,
                  ValueType::duration,
                  pattern(DURATION))),
          Map.entry(
              ByteSize.class,
              new ValueType(
                  "a size",
                  "write a number with B, KiB, MiB or GiB, such as 256MiB",
                  List.of(),
                  true,
                  ByteSize::parse,
                  pattern(ByteSize.PATTERN))),
          Map.entry(
              WorkerCount.class,
              new ValueType(
                  "a number of workers",
                  "write physical or a whole number",
                  List.of("physical"),
                  true,
                  ValueType::workerCount,
                  wordOrCount("physical"))),
          Map.entry(
              BatchSize.class,
              new ValueType(
                  "a batch size",
                  "write auto or a whole number",
                  List.of("auto"),
                  true,
                  ValueType::batchSize,
                  wordOrCount("auto"))),
          Map.entry(
              RejectionLimit.class,
              new ValueType(
                  "a number of rejected records",
                  "write none, a whole number, or a share such as 5%",
                  List.of("none"),
                  true,
                  ValueType::rejectionLimit,
                  Map.of("anyOf", List.of(count(0), pattern(REJECTION_LIMIT))))),
          Map.entry(
              Character.class,
              new ValueType(
                  "a separator",
                  "write ',', ';' or \"\\t\"",
                  List.of(),
                  true,
                  oneOf(Map.of(",", ',', ";", ';', "\t", '\t')),
                  Map.of("enum", List.of(",", ";", "\t")))),
          Map.entry(
              FileFormat.class,
              new ValueType(
                  "a format of files",
                  "use 'jsonl' or 'csv'",
                  List.of("jsonl", "csv"),
                  true,
                  oneOf(Map.of("jsonl", FileFormat.JSONL, "csv", FileFormat.CSV)),
                  Map.of("enum", List.of("jsonl", "csv")))),
          Map.entry(MqttPayload.class, named("a format of payloads", MqttPayload.byName())),
          Map.entry(
              MqttProtocol.class,
              new ValueType(
                  "a version of MQTT",
                  "use 5 or 3.1.1",
                  List.of("5", "3.1.1"),
                  true,
                  oneOf(Map.of("5", MqttProtocol.V5, "3.1.1", MqttProtocol.V3_1_1)),
                  Map.of("enum", List.of(5, "5", "3.1.1")))),
          Map.entry(
              ReplaySpeed.class,
              new ValueType(
                  "a speed of replay",
                  "write original, or a factor such as 10x",
                  List.of("original"),
                  true,
                  ValueType::replaySpeed,
                  pattern("^(original|[0-9]{1,6}(\\.[0-9]{1,6})?x)$"))),
          Map.entry(MessageFormat.class, messageFormat()),
          Map.entry(FieldType.class, fieldType()));

  /** How values of {@code type} are written, or null if it is not a single value. */
  public static @Nullable ValueType of(Class<?> type) {
    ValueType known = KNOWN.get(type);
    return known == null && type.isEnum() ? enumeration(type) : known;
  }

  private static ValueType wholeNumber(Function<String, Object> parse) {
    return new ValueType(
        "a whole number", "write a whole number", List.of(), false, parse, type("integer"));
  }

  private static ValueType enumeration(Class<?> type) {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      String word = ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
      constants.put(word, constant);
    }
    List<String> words = List.copyOf(constants.keySet());
    return new ValueType(
        noun(type),
        "use " + Wording.oneOf(words),
        words,
        true,
        oneOf(constants),
        Map.of("enum", words));
  }

  private static String noun(Class<?> type) {
    if (type == Placement.class) {
      return "a placement";
    }
    if (type == Waveform.class) {
      return "a waveform";
    }
    if (type == WhenSlow.class || type == Delivery.class) {
      return type == Delivery.class ? "a guarantee" : "what happens when a sink is slow";
    }
    if (type == CsvHeaderRow.class) {
      return "what is said of a header row";
    }
    if (type == KafkaStart.class) {
      return "a place to begin";
    }
    return type == WorkerPriority.class ? "a priority" : "a number of records for each";
  }

  private static ValueType named(String noun, Map<String, ?> values) {
    List<String> words = List.copyOf(values.keySet());
    return new ValueType(
        noun, "use " + Wording.oneOf(words), words, true, oneOf(values), Map.of("enum", words));
  }

  private static ValueType messageFormat() {
    Map<String, Object> formats = new LinkedHashMap<>();
    for (MessageFormat format : MessageFormat.values()) {
      formats.put(format.text(), format);
    }
    return named("a format of messages", formats);
  }

  private static ValueType fieldType() {
    List<String> words = Arrays.stream(ColumnType.values()).map(ColumnType::text).toList();
    List<String> nullable =
        Stream.concat(words.stream(), words.stream().map(w -> w + "?")).toList();
    return new ValueType(
        "a type of field",
        "use " + Wording.oneOf(words),
        nullable,
        true,
        FieldType::parse,
        Map.of("enum", nullable));
  }

  private static Function<String, Object> oneOf(Map<String, ?> values) {
    return text -> {
      Object value = values.get(text);
      if (value == null) {
        throw new IllegalArgumentException(text);
      }
      return value;
    };
  }

  private static Object replaySpeed(String text) {
    try {
      return ReplaySpeed.parse(text);
    } catch (ConfigurationException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static Object batchSize(String text) {
    if (text.equals("auto")) {
      return BatchSize.auto();
    }
    return BatchSize.of(atLeastOne(text));
  }

  private static Object rejectionLimit(String text) {
    if (!REJECTION_LIMIT.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    if (text.equals("none")) {
      return new RejectionLimit.Unlimited();
    }
    if (!text.endsWith("%")) {
      return new RejectionLimit.Records(Long.parseLong(text));
    }
    double percent = Double.parseDouble(text.substring(0, text.length() - 1).strip());
    if (percent > 100) {
      throw new OutOfRangeException("must be at most 100%");
    }
    return new RejectionLimit.Share(percent / 100);
  }

  private static WorkerCount workerCount(String text) {
    return new WorkerCount(
        text.equals("physical") ? OptionalInt.empty() : OptionalInt.of(atLeastOne(text)));
  }

  /** The number; an {@link OutOfRangeException} if it is less than 1. */
  private static int atLeastOne(String text) {
    int number = Integer.parseInt(text);
    if (number < 1) {
      throw new OutOfRangeException(ConfigBinder.least(1));
    }
    return number;
  }

  private static Object number(String text) {
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value) || text.endsWith("f") || text.endsWith("d")) {
      throw new IllegalArgumentException(text);
    }
    if (value == 0 && !NOTHING.matcher(text).matches()) {
      throw new OutOfRangeException("must be 0 or further away from it"); // 0 has a meaning
    }
    return value;
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        };
    if (duration.compareTo(LONGEST) > 0) {
      throw new OutOfRangeException("must be at most " + LONGEST.toHours() + "h");
    }
    return duration;
  }

  /** In this order, so that the schema is the same each time. */
  private static Map<String, Object> pattern(String pattern) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "string");
    schema.put("pattern", pattern);
    return schema;
  }

  private static Map<String, Object> type(String name) {
    return Map.of("type", name);
  }

  private static Map<String, Object> pattern(Pattern pattern) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "string");
    schema.put("pattern", "^" + pattern.pattern() + "$");
    return schema;
  }

  private static Map<String, Object> wordOrCount(String word) {
    List<Object> choices = new ArrayList<>();
    choices.add(Map.of("const", word));
    choices.add(count(1));
    return Map.of("oneOf", choices);
  }

  private static Map<String, Object> count(int least) {
    Map<String, Object> count = new LinkedHashMap<>();
    count.put("type", "integer");
    count.put("minimum", least);
    return count;
  }
}
