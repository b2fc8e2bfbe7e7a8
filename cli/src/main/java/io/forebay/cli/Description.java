package io.forebay.cli;

import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.snapshot.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A pipeline in one line. */
final class Description {
  private Description() {}

  /** {@code lecture: hall-a → features (processes, physical workers) → features.jsonl}. */
  static String of(PipelineConfig config) {
    List<String> parts = new ArrayList<>();
    parts.add(String.join(" + ", config.sources().stream().map(SourceConfig::name).toList()));
    config.stages().forEach(stage -> parts.add(stage(stage)));
    parts.add(String.join(" + ", config.sinks().stream().map(SinkConfig::label).toList()));
    return config.name() + ": " + String.join(" → ", parts);
  }

  private static String stage(StageConfig stage) {
    return stage.name() + " (" + how(stage) + ")";
  }

  private static String how(StageConfig stage) {
    return switch (stage) {
      case StageConfig.Async async -> "async, " + async.concurrency() + " at a time";
      case StageConfig.Blocking blocking -> "blocking, " + blocking.threads() + " threads";
      case StageConfig.Sql sql -> how(sql.written());
      case StageConfig.Windowed windowed when windowed.on() == Placement.INLINE ->
          "windows, inline";
      case StageConfig.Windowed windowed ->
          "windows, "
              + windowed.on().name().toLowerCase(Locale.ROOT)
              + ", "
              + windowed.workers()
              + " workers";
      case StageConfig.Cpu cpu when cpu.on() == Placement.INLINE -> "inline";
      case StageConfig.Cpu cpu ->
          cpu.on().name().toLowerCase(Locale.ROOT) + ", " + cpu.workers() + " workers";
    };
  }
}
