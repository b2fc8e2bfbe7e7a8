package io.forebay.config;

import io.forebay.config.internal.reading.Keys;
import io.forebay.config.internal.reading.ValueType;
import io.forebay.config.model.DashboardConfig;
import io.forebay.config.model.DeadLetterConfig;
import io.forebay.config.model.ForebayConfig;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.config.model.TelemetryConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sinks.SinkDelivery;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.SourceDelivery;
import io.forebay.config.values.Key;
import io.forebay.config.values.RecycleConfig;
import io.forebay.config.values.SpoolConfig;
import io.forebay.config.values.Variants;
import io.forebay.config.values.WindowConfig;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The tables of keys in the manual are those of the records. */
final class ConfigurationGuideTest {
  private static final Path GUIDE = Generated.file("docs/guide/configuration.md");

  @Test
  void tables_of_keys_are_those_of_the_code() throws IOException {
    String guide = Files.readString(GUIDE);
    guide = replace(guide, "pipeline", table(PipelineConfig.class));
    guide = replace(guide, "forebay", table(ForebayConfig.class));
    guide = replace(guide, "every source", table(SourceDelivery.class));
    guide = replace(guide, "every sink", table(SinkDelivery.class));
    guide = replace(guide, "spool", table(SpoolConfig.class));
    guide = replace(guide, "recycle", table(RecycleConfig.class));
    guide = replace(guide, "window", table(WindowConfig.class));
    guide = replace(guide, "dashboard", table(DashboardConfig.class));
    guide = replace(guide, "telemetry", table(TelemetryConfig.class));
    guide = replace(guide, "deadLetter", table(DeadLetterConfig.class));
    for (Class<?> type : List.of(SourceConfig.class, StageConfig.class, SinkConfig.class)) {
      for (Map.Entry<String, Class<?>> variant : Keys.variantsOf(type).entrySet()) {
        guide =
            replace(
                guide,
                type.getAnnotation(Variants.class).noun() + " " + variant.getKey(),
                table(variant.getValue()));
      }
    }
    Generated.check(GUIDE, guide);
  }

  /** Puts the table between {@code <!-- keys: name -->} and {@code <!-- end -->}. */
  private static String replace(String guide, String name, String table) {
    String begin = "<!-- keys: " + name + " -->\n";
    int from = guide.indexOf(begin);
    if (from < 0) {
      throw new AssertionError("the guide has no " + begin);
    }
    from += begin.length();
    return guide.substring(0, from) + table + guide.substring(guide.indexOf("<!-- end -->", from));
  }

  private static String table(Class<?> type) {
    StringBuilder table =
        new StringBuilder("| key | value | default | meaning |\n|---|---|---|---|\n");
    for (RecordComponent component : Keys.keysOf(type).values()) {
      Key key = Objects.requireNonNull(component.getAnnotation(Key.class));
      table
          .append("| `")
          .append(component.getName())
          .append("` | ")
          .append(value(component.getGenericType(), key))
          .append(" | ")
          .append(otherwise(component, key))
          .append(" | ")
          .append(key.value())
          .append(" |\n");
    }
    return table.toString();
  }

  private static String otherwise(RecordComponent component, Key key) {
    if (Keys.isRequired(component, key)) {
      return "required";
    }
    if (!key.byDefault().isEmpty()) {
      return "`" + key.byDefault() + "`";
    }
    return key.otherwise().isEmpty() ? "none" : key.otherwise();
  }

  private static String value(Type type, Key key) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return value(arguments[0], key);
      }
      return generic.getRawType() == List.class
          ? "list"
          : "mapping of names to " + plural(value(arguments[1], key));
    }
    Class<?> raw = (Class<?>) type;
    ValueType valueType = ValueType.of(raw == Integer.class ? int.class : raw);
    if (valueType == null) {
      return "mapping";
    }
    String noun =
        valueType.words().isEmpty() || valueType.words().size() > 4
            ? valueType.noun().replaceFirst("^an? ", "")
            : String.join(", ", valueType.words().stream().map(w -> "`" + w + "`").toList());
    if (valueType.hint().endsWith("or a whole number")) {
      noun += " or whole number ≥ 1";
    }
    return noun + range(valueType, key);
  }

  private static String range(ValueType type, Key key) {
    boolean number = type.noun().endsWith("number");
    if (!number || key.min() == Long.MIN_VALUE) {
      return "";
    }
    return " ≥ " + key.min() + (key.max() == Long.MAX_VALUE ? "" : " and ≤ " + key.max());
  }

  private static String plural(String noun) {
    return noun.startsWith("type") ? "types" : noun + "s";
  }
}
