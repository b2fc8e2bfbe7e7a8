package io.forebay.cli.explain;

import io.forebay.cli.explain.Explanation.Entry;
import io.forebay.cli.explain.Explanation.Gain;
import io.forebay.cli.explain.Explanation.Round;
import io.forebay.cli.explain.Explanation.Whole;
import io.forebay.cli.report.Figures;
import io.forebay.cli.trial.Measured;
import io.forebay.cli.trial.Sample;
import io.forebay.cli.trial.SampleReader;
import io.forebay.cli.trial.TimeBudget;
import io.forebay.cli.trial.Trial;
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
  private static final int ROUNDS = 3;

  /** The same, where that is to be verified. */
  private static final int VERIFYING_ROUNDS = 5;

  /**
   * What is wished for.
   *
   * @param sample records to read in place of the sources'
   * @param longest what all of it may take, about, without verification
   * @param verify whether the change is measured again, longer
   */
  public record Wish(Optional<Path> sample, Duration longest, boolean verify) {}

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
   * @param progress is told what is tried
   * @throws io.forebay.errors.ConfigurationException in one sentence, if there is nothing to try
   */
  public static Explanation explain(PipelineConfig config, Wish wish, Consumer<String> progress)
      throws InterruptedException {
    TrialInput input = TrialInput.of(config, wish.sample());
    return new Explainer(config, wish.longest(), progress).explain(input, wish.verify());
  }

  private Explanation explain(TrialInput input, boolean verify) throws InterruptedException {
    List<String> notices = new ArrayList<>(input.notices());
    List<Sample> samples = SampleReader.readAll(input.sources(), progress);
    progress.accept("warming up");
    trial.run(samples, List.of(), budget.ofStage());
    List<Entry> stages = stages(input.stages(), samples, notices);
    boolean works =
        stages.size() == input.stages().size()
            && stages.stream().allMatch(each -> each.report().failure().isEmpty());
    Tried tried =
        works && !stages.isEmpty()
            ? tried(samples, input.stages(), stages, notices, verify)
            : Tried.NOTHING;
    return new Explanation(
        config.name(),
        config.attached().file().orElse("the pipeline file"),
        cores,
        List.copyOf(samples),
        List.copyOf(notices),
        List.copyOf(stages),
        tried.whole(),
        tried.change(),
        tried.gain(),
        tried.verified());
  }

  /** What came of the whole pipeline. */
  private record Tried(
      Optional<Whole> whole,
      Optional<Change> change,
      Optional<Gain> gain,
      Optional<Gain> verified) {
    static final Tried NOTHING =
        new Tried(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private Tried tried(
      List<Sample> samples,
      List<Stage> configured,
      List<Entry> stages,
      List<String> notices,
      boolean verify)
      throws InterruptedException {
    progress.accept("the whole pipeline");
    List<Stage> before = configured.stream().map(Explainer::undisturbed).toList();
    Measured whole = trial.run(samples, before, budget.ofPipeline());
    Whole now = new Whole(whole.recordsPerSecond(), whole.causes().getFirst());
    Optional<Change> change = change(stages, now.limit());
    if (whole.records() == 0) {
      notices.add(
          "The whole pipeline got nothing done while it was measured: --seconds gives it more.");
      change = Optional.empty();
    }
    if (change.isEmpty()) {
      return new Tried(Optional.of(now), change, Optional.empty(), Optional.empty());
    }
    List<Stage> after = change.get().in(before).stream().map(Explainer::undisturbed).toList();
    Gain gain = gain(samples, before, after, ROUNDS, budget.ofPipeline());
    Optional<Gain> verified =
        verify
            ? Optional.of(gain(samples, before, after, VERIFYING_ROUNDS, budget.ofVerification()))
            : Optional.empty();
    if (!gain.pays()) {
      notices.add(
          "'"
              + String.join(", ", change.get().shown())
              + "' was tried, and does not pay here: "
              + Figures.times(gain.factor())
              + " the records a second.");
      return new Tried(Optional.of(now), Optional.empty(), Optional.empty(), Optional.empty());
    }
    return new Tried(Optional.of(now), change, Optional.of(gain), verified);
  }

  /** Workers that let nobody go first: what others do meanwhile is not what is to be found out. */
  private static Stage undisturbed(Stage stage) {
    return stage instanceof Stage.Cpu cpu ? cpu.priority(WorkerPriority.NORMAL) : stage;
  }

  /** Each stage on what the stages before have made of the sample. */
  private List<Entry> stages(List<Stage> stages, List<Sample> samples, List<String> notices)
      throws InterruptedException {
    List<Entry> entries = new ArrayList<>();
    if (stages.isEmpty()) {
      notices.add("The pipeline has no stage: there is nothing to explain.");
      return entries;
    }
    Optional<Sample> input = trial.together(samples, budget.ofStage());
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

  /** The pipeline without and with a change, in turns: what was run before them was not warm. */
  private Gain gain(
      List<Sample> samples, List<Stage> without, List<Stage> with, int rounds, Trial.Window window)
      throws InterruptedException {
    List<Round> before = new ArrayList<>();
    List<Round> after = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      String which = " (round " + (round + 1) + " of " + rounds + ")";
      progress.accept("the whole pipeline with the change" + which);
      after.add(Round.of(trial.run(samples, with, window)));
      progress.accept("the whole pipeline" + which);
      before.add(Round.of(trial.run(samples, without, window)));
    }
    return new Gain(List.copyOf(before), List.copyOf(after));
  }
}
