package io.forebay.config;

import io.forebay.config.internal.reading.Keys;
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
import io.forebay.config.values.RecycleConfig;
import io.forebay.config.values.SpoolConfig;
import io.forebay.config.values.Variants;
import io.forebay.config.values.WindowConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    for (KeyText key : KeyText.of(type)) {
      table
          .append("| `")
          .append(key.name())
          .append("` | ")
          .append(key.value())
          .append(" | ")
          .append(key.otherwise())
          .append(" | ")
          .append(key.meaning())
          .append(" |\n");
    }
    return table.toString();
  }
}
