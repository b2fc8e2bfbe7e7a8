package io.forebay.cli.explain;

import io.forebay.cli.explain.Explanation.Entry;
import io.forebay.cli.explain.Explanation.Gain;
import io.forebay.cli.explain.Explanation.Round;
import io.forebay.cli.explain.Explanation.Whole;
import io.forebay.config.TrialInput;
import io.forebay.config.model.PipelineConfig;
import io.forebay.engine.api.Stage;
import io.forebay.observe.Diagnosis;
import io.forebay.workers.api.PhysicalCores;
import io.forebay.workers.api.WorkerPriority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tries a pipeline file on a sample of its input, and says what fits its functions. */
public final class Explainer {
  /** How often the pipeline is run without and with the change. */
  private static final int ROUNDS = 2;

  private final PipelineConfig config;
  private final TimeBudget budget;
  private final Trial trial;
  private final Consumer<String> progress;
  private final int cores = PhysicalCores.count();

  private Explainer(PipelineConfig config, Duration longest, Consumer<String> progress) {
    this.config = config;
    this.budget = new TimeBudget(longest);
    this.trial = new Trial(() -> TrialInput.builder(config));
    this.progress = progress;
  }

  /**
   * Reads a sample and tries the stages on it.
   *
   * @param config a file that was checked
   * @param sample records to read in place of the sources'
   * @param longest what all of it may take, about
   * @param progress is told what is tried
   * @throws io.forebay.errors.ConfigurationException in one sentence, if there is nothing to try
   */
  public static Explanation explain(
      PipelineConfig config, Optional<Path> sample, Duration longest, Consumer<String> progress)
      throws InterruptedException {
    TrialInput input = TrialInput.of(config, sample);
    return new Explainer(config, longest, progress).explain(input);
  }

  private Explanation explain(TrialInput input) throws InterruptedException {
    List<String> notices = new ArrayList<>(input.notices());
    List<Sample> samples = new ArrayList<>();
    for (TrialInput.Readable source : input.sources()) {
      progress.accept("reading from " + source.name());
      samples.add(SampleReader.read(source, Sample.Limits.USUAL));
    }
    progress.accept("warming up");
    trial.run(samples, List.of(), budget.ofStage());
    List<Entry> stages = stages(input.stages(), samples, notices);
    boolean works =
        stages.size() == input.stages().size()
            && stages.stream().allMatch(each -> each.report().failure().isEmpty());
    if (!works || stages.isEmpty()) {
      return explanation(
          samples, notices, stages, Optional.empty(), Optional.empty(), Optional.empty());
    }
    progress.accept("the whole pipeline");
    List<Stage> configured = input.stages().stream().map(Explainer::undisturbed).toList();
    Measured whole = trial.run(samples, configured, budget.ofPipeline());
    Whole now = new Whole(whole.recordsPerSecond(), whole.causes().getFirst());
    Optional<Change> change = change(stages, now.limit());
    if (whole.records() == 0) {
      notices.add(
          "The whole pipeline got nothing done while it was measured: --seconds gives it more.");
      change = Optional.empty();
    }
    if (change.isEmpty()) {
      return explanation(samples, notices, stages, Optional.of(now), change, Optional.empty());
    }
    Gain gain = gain(samples, configured, change.get(), whole);
    if (!gain.pays()) {
      notices.add(
          "'"
              + String.join(", ", change.get().shown())
              + "' was tried, and does not pay here: "
              + Words.times(gain.factor())
              + " the records a second.");
      change = Optional.empty();
    }
    return explanation(samples, notices, stages, Optional.of(now), change, change.map(any -> gain));
  }

  /** Workers that let nobody go first: what others do meanwhile is not what is to be found out. */
  private static Stage undisturbed(Stage stage) {
    return stage instanceof Stage.Cpu cpu ? cpu.priority(WorkerPriority.NORMAL) : stage;
  }

  private Explanation explanation(
      List<Sample> samples,
      List<String> notices,
      List<Entry> stages,
      Optional<Whole> whole,
      Optional<Change> change,
      Optional<Gain> gain) {
    return new Explanation(
        config.name(),
        config.attached().file().orElse("the pipeline file"),
        cores,
        List.copyOf(samples),
        List.copyOf(notices),
        List.copyOf(stages),
        whole,
        change,
        gain);
  }

  /** Each stage on what the stages before have made of the sample. */
  private List<Entry> stages(List<Stage> stages, List<Sample> samples, List<String> notices)
      throws InterruptedException {
    List<Entry> entries = new ArrayList<>();
    if (stages.isEmpty()) {
      notices.add("The pipeline has no stage: there is nothing to explain.");
      return entries;
    }
    Optional<Sample> input = together(samples);
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      TimeBudget share = budget.forStage(stages.size() - i);
      if (input.isEmpty()) {
        notices.add("'" + stage.name() + "' was not tried: no record of the sample gets so far.");
        break;
      }
      StageTrials.Found found =
          new StageTrials(trial, share, cores, progress).of(stage, input.get());
      entries.add(new Entry(found.report(), Advice.of(found.report(), cores)));
      input = found.output();
    }
    return entries;
  }

  /** What the first stage is given: the records of all sources, with the columns of all. */
  private Optional<Sample> together(List<Sample> samples) throws InterruptedException {
    if (samples.size() == 1) {
      return Optional.of(samples.getFirst());
    }
    return trial.run(samples, List.of(), budget.ofStage()).sink().kept("sources");
  }

  /** That of the stage that limits, else that of the stage that takes most time. */
  private static Optional<Change> change(List<Entry> stages, Diagnosis limit) {
    return stages.stream()
        .filter(each -> each.report().name().equals(limit.part()))
        .findFirst()
        .flatMap(each -> each.advice().change())
        .or(() ->
            stages.stream()
                .filter(each -> each.advice().change().isPresent())
                .max(Comparator.comparingDouble(each -> each.report().cost().nanosPerRecord()))
                .flatMap(each -> each.advice().change()));
  }

  private Gain gain(List<Sample> samples, List<Stage> stages, Change change, Measured first)
      throws InterruptedException {
    List<Stage> changed = change.in(stages).stream().map(Explainer::undisturbed).toList();
    List<Round> before = new ArrayList<>(List.of(Round.of(first)));
    List<Round> after = new ArrayList<>();
    for (int round = 0; round < ROUNDS && (round == 0 || budget.allows(2)); round++) {
      progress.accept("the whole pipeline with " + String.join(", ", change.shown()));
      after.add(Round.of(trial.run(samples, changed, budget.ofPipeline())));
      progress.accept("the whole pipeline");
      before.add(Round.of(trial.run(samples, stages, budget.ofPipeline())));
    }
    return new Gain(List.copyOf(before), List.copyOf(after));
  }
}
