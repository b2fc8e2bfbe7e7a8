package io.forebay.config;

import io.forebay.Sink;
import io.forebay.Source;
import io.forebay.columns.Field;
import io.forebay.config.internal.rules.FileRules;
import io.forebay.config.internal.rules.RejectedTexts;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.connectors.file.DeadLetterFile;
import io.forebay.connectors.file.DeadLetterFile.From;
import io.forebay.connectors.file.DeadLetterSource;
import io.forebay.engine.Guarantee;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A pipeline with dead letters in place of its sources, which adds to what its outputs have.
 *
 * @param deadLetters a file that dead letters were written to
 * @param contents what is in it
 * @param pipelineFiles only letters that name one of these are sent
 * @param mustMatch whether only the very pipeline that made the letters may have them, because only
 *     they say which one it is
 * @param rejected where that goes which is rejected again
 */
public record Replay(
    Path deadLetters,
    DeadLetterFile.Contents contents,
    Set<String> pipelineFiles,
    boolean mustMatch,
    String rejected) {
  /** The source that dead letters name which are rows of windows. */
  private static final String WINDOWS = Field.RESERVED_PREFIX + "windows";

  /**
   * The pipeline, checked and not started.
   *
   * @param written files that whoever starts it writes, by what they are
   * @throws ConfigurationException in one sentence
   */
  public Pipelines.Prepared prepare(PipelineConfig config, Map<String, Path> written) {
    requirePlaceOfItsOwn(config);
    List<Source> opened = new ArrayList<>();
    try {
      PipelineBuilder original =
          Pipelines.assemble(config, Pipelines.Start.AGAIN, true, opened, new ArrayList<>());
      String identity = original.identity();
      if (mustMatch && !contents.identities(pipelineFiles).equals(Set.of(identity))) {
        throw anotherPipeline(config);
      }
      UserClassPath.add(config.classPath());
      return prepare(config, opened, identity, written);
    } finally {
      opened.forEach(Replay::closeQuietly);
    }
  }

  private Pipelines.Prepared prepare(
      PipelineConfig config, List<Source> opened, String identity, Map<String, Path> written) {
    PipelineBuilder builder = Pipelines.builder(config).continues(identity);
    for (From from : contents.origins(pipelineFiles)) {
      // The letters of a replay name its sources.
      String source = from.source().replaceFirst("^(replay-[0-9a-f]{12}-)+", "");
      if (source.equals(WINDOWS)) {
        throw new ConfigurationException(
            "among the dead letters '"
                + deadLetters
                + "' are rows of windows, which are decided once and cannot be sent again, and"
                + " nothing was started: mend the stage for the windows to come, and read these as"
                + " lines of a file (their member record) with a pipeline of their own");
      }
      int index = config.sources().stream().map(SourceConfig::name).toList().indexOf(source);
      if (index < 0) {
        throw new ConfigurationException(
            "the dead letters '"
                + deadLetters
                + "' are of the source '"
                + source
                + "', which the pipeline '"
                + config.name()
                + "' does not have: name the pipeline file that made them with --pipeline");
      }
      builder.source(
          sourceName(from),
          new DeadLetterSource(
              deadLetters,
              pipelineFiles,
              from,
              opened.get(index).schema(),
              new RejectedTexts(config.sources().get(index))),
          sink(config, from));
    }
    Pipelines.addStages(builder, config);
    for (SinkConfig each : config.sinks()) {
      Sink sink =
          Pipelines.spooled(Pipelines.sink(each, config.name()), config.attached().of(each), false);
      Pipelines.addSink(builder, each, sink, config);
    }
    builder.deadLetters(Pipelines.deadLetters(config, rejected));
    Pipelines.claim(builder, config, written);
    Pipeline pipeline = builder.build();
    List<String> notices = new ArrayList<>(config.attached().notices());
    notices.addAll(Guarantee.notices(pipeline.guarantees()));
    return new Pipelines.Prepared(pipeline, rejected, List.copyOf(notices));
  }

  /** What is rejected again must not go into what a sink writes. */
  private void requirePlaceOfItsOwn(PipelineConfig config) {
    List<String> problems = new ArrayList<>();
    FileRules files =
        new FileRules(Path.of(""), Optional.of("/"), (key, problem) -> problems.add(problem));
    config.sinks().forEach(sink -> sink.file().ifPresent(file -> files.check("", file, true)));
    problems.clear(); // they were checked when the file was read
    files.checkDefault(
        "", rejected, "what is rejected again would go to", "name another file with --rejected");
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems.getFirst());
    }
  }

  private ConfigurationException anotherPipeline(PipelineConfig config) {
    String file = config.attached().file().orElse("");
    return new ConfigurationException(
        "the pipeline file '"
            + file
            + "', which the dead letters '"
            + deadLetters
            + "' name, is not as it was when they were made (another source, function, parameter or"
            + " output, or a --set of then that is missing now), and nothing was started: if it is"
            + " to have them all the same, say so with --pipeline "
            + file);
  }

  /** Its own name for each sink: in each of them it stands for how far these letters are. */
  private String sourceName(From from) {
    String of =
        from.sink().isEmpty()
            ? contents.fingerprint()
            : DeadLetterFile.fingerprint(contents.fingerprint() + "\n" + from.sink());
    return "replay-" + of + "-" + from.source();
  }

  private String sink(PipelineConfig config, From from) {
    List<String> sinks = config.sinks().stream().map(SinkConfig::label).toList();
    if (!from.sink().isEmpty() && !sinks.contains(from.sink())) {
      throw new ConfigurationException(
          "the dead letters '"
              + deadLetters
              + "' are for the sink '"
              + from.sink()
              + "', which the pipeline '"
              + config.name()
              + "' does not have: name the pipeline file that made them with --pipeline, or take"
              + " the key sink out of the letters, so that they go to all sinks");
    }
    return from.sink();
  }

  private static void closeQuietly(Source source) {
    try {
      source.close();
    } catch (IOException e) {
      // It was asked for its fields only.
    }
  }
}
