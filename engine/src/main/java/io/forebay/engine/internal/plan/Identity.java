package io.forebay.engine.internal.plan;

import io.forebay.columns.Field;
import io.forebay.engine.api.Stage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * What makes a pipeline the same pipeline in the next run: names and schemas of its sources, its
 * functions and their parameters, the names of its sinks, and what the caller adds. Not where and
 * in which portions it computes.
 */
public final class Identity {
  private Identity() {}

  public static String of(PipelineDefinition config) {
    StringBuilder text = new StringBuilder();
    for (PipelineDefinition.NamedSource source : config.sources()) {
      line(text, "source", source.name());
      for (Field field : source.source().schema().fields()) {
        line(text, "field", field.toString());
      }
    }
    for (Stage stage : config.stages()) {
      line(text, "function", stage.function().reference());
      new TreeMap<>(stage.function().parameters())
          .forEach((key, value) -> {
            line(text, "parameter", key);
            line(text, "value", value);
          });
      if (stage.function().isPython()) {
        line(text, "rows", stage.function().python().rows().name());
        line(text, "outputs", stage.function().python().outputs().toString());
      }
    }
    for (PipelineDefinition.NamedSink sink : config.sinks()) {
      line(text, "sink", sink.name());
    }
    config
        .aggregation()
        .map(each -> each.windows().late())
        .filter(sink -> !sink.isEmpty())
        .ifPresent(sink -> line(text, "late", sink));
    line(text, "more", config.identity());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Lengths keep two different lists from giving the same text. */
  private static void line(StringBuilder text, String kind, String value) {
    text.append(kind).append(' ').append(value.length()).append(' ').append(value).append('\n');
  }
}
