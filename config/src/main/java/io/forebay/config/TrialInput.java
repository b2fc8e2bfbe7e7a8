package io.forebay.config;

import io.forebay.Source;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.config.sources.HttpSourceConfig;
import io.forebay.config.sources.KafkaSourceConfig;
import io.forebay.config.sources.MqttSourceConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.TcpSourceConfig;
import io.forebay.config.sources.UdpSourceConfig;
import io.forebay.connectors.file.FileSource;
import io.forebay.engine.PipelineBuilder;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a trial takes of a pipeline file: its stages, its memory, and those of its sources that can
 * be read without anybody noticing. Nothing of it knows the outputs or the progress of a run.
 *
 * @param sources not opened yet; whoever takes them closes them
 * @param notices a sentence for each source that was left out
 * @param stages as they are configured
 */
public record TrialInput(List<Reading> sources, List<String> notices, List<Stage> stages) {
  /**
   * A source for a trial, which hands in its records as fast as they are accepted.
   *
   * @param recordsPerSecond the pace that the file gives it; 0 if it gives none
   */
  public record Reading(String name, Source source, double recordsPerSecond) {}

  /**
   * Of a file that was checked.
   *
   * @param sample records to read in place of each source that cannot be read twice
   * @throws ConfigurationException in one sentence, if there is nothing to read
   */
  public static TrialInput of(PipelineConfig config, Optional<Path> sample) {
    UserClassPath.add(config.classPath());
    List<Reading> sources = new ArrayList<>();
    List<String> notices = new ArrayList<>();
    try {
      for (SourceConfig each : config.sources()) {
        Source source = sample.isPresent() ? null : repeatable(each, config);
        if (sample.isPresent()) {
          sources.add(new Reading(each.name(), sampled(each, config, sample.get()), 0));
        } else if (source == null) {
          notices.add(
              "The source '"
                  + each.name()
                  + "' can be read only once, and its records are not a trial's to take: it was"
                  + " left out.");
        } else {
          double pace = each instanceof SourceConfig.Simulated simulated ? simulated.rate() : 0;
          sources.add(new Reading(each.name(), source, pace));
        }
      }
      if (sources.isEmpty()) {
        throw new ConfigurationException(
            "no source of this pipeline can be read twice, so that a trial would take records which"
                + " a run would miss: nothing was read; name a file with some of its records with"
                + " --sample");
      }
      List<Stage> stages = tried(config, notices).stream().map(Pipelines::stage).toList();
      return new TrialInput(List.copyOf(sources), List.copyOf(notices), stages);
    } catch (RuntimeException | Error e) {
      sources.forEach(each -> closeAfter(each.source(), e));
      throw e;
    }
  }

  /** The stages, without those behind windows: a sample closes too few to tell what these take. */
  private static List<StageConfig> tried(PipelineConfig config, List<String> notices) {
    List<StageConfig> all = config.stages();
    for (int i = 0; i < all.size() - 1; i++) {
      if (all.get(i) instanceof StageConfig.Windowed windowed) {
        List<StageConfig> behind = all.subList(i + 1, all.size());
        notices.add(
            "What lies behind the windows of '"
                + windowed.name()
                + "' ("
                + behind.stream().map(StageConfig::name).collect(Collectors.joining(", "))
                + ") was not tried: how often windows are over depends on the time in the"
                + " records; the summary of a run says what it takes.");
        return all.subList(0, i + 1);
      }
    }
    return all;
  }

  /** A pipeline of this file's memory and limits, with nothing in it yet. */
  public static PipelineBuilder builder(PipelineConfig config) {
    return Pipelines.builder(config);
  }

  /** The source, if it can be read again and nobody else is the poorer for it; else null. */
  private static @Nullable Source repeatable(SourceConfig config, PipelineConfig file) {
    SourceConfig readable =
        switch (config) {
          case SourceConfig.Simulated simulated -> simulated.unpaced();
          case SourceConfig.File each -> each.upToItsEnd();
          case KafkaSourceConfig kafka -> kafka.outsideOfTheGroup();
          case MqttSourceConfig _ -> null;
          case HttpSourceConfig _ -> null;
          case TcpSourceConfig _ -> null;
          case UdpSourceConfig _ -> null;
        };
    if (readable == null) {
      return null;
    }
    Source source = Pipelines.source(readable, file.name(), true, new ArrayList<>());
    if (source.repeatable()) {
      return source;
    }
    closeAfter(source, new IOException("not read"));
    return null;
  }

  /** The records of the file, in place of the source's. */
  private static Source sampled(SourceConfig config, PipelineConfig file, Path sample) {
    Source real = Pipelines.source(config, file.name(), true, new ArrayList<>());
    try {
      return FileSource.builder(sample.toString()).fields(real.schema()).build();
    } finally {
      closeAfter(real, new IOException("not read"));
    }
  }

  private static void closeAfter(Source source, Throwable failure) {
    try {
      source.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
