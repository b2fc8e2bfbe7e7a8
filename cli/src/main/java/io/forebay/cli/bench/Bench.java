package io.forebay.cli.bench;

import io.forebay.cli.bench.BenchResult.OfCell;
import io.forebay.cli.bench.BenchResult.OfStage;
import io.forebay.cli.bench.BenchResult.Round;
import io.forebay.cli.trial.Measured;
import io.forebay.cli.trial.Sample;
import io.forebay.cli.trial.SampleReader;
import io.forebay.cli.trial.StageCost;
import io.forebay.cli.trial.StageOutcome;
import io.forebay.cli.trial.Trial;
import io.forebay.cli.trial.Trial.Window;
import io.forebay.config.TrialInput;
import io.forebay.config.model.PipelineConfig;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.observe.Format;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PhysicalCores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Tries each stage of a pipeline file alone, on a sample of what it is given, in all cells of a
 * matrix. The cells take turns, so that what changes on the machine meanwhile changes all of them.
 */
public final class Bench {
  private static final Duration SHORTEST = Duration.ofMillis(80);
  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

  /**
   * What is wished for.
   *
   * @param sample records to read in place of the sources'
   * @param stage the only one that is tried; empty: all
   * @param rounds how often each cell is tried
   * @param longest what all of it may take, about
   */
  public record Wish(
      Optional<Path> sample, Optional<String> stage, Matrix matrix, int rounds, Duration longest) {}

  private final PipelineConfig config;
  private final Wish wish;
  private final Trial trial;
  private final Consumer<String> progress;
  private final long end;
  private final int cores = PhysicalCores.count();

  private Bench(PipelineConfig config, Wish wish, Consumer<String> progress) {
    this.config = config;
    this.wish = wish;
    this.trial = new Trial(() -> TrialInput.builder(config));
    this.progress = progress;
    this.end = MonotonicClock.nanos() + wish.longest().toNanos();
  }

  /**
   * Reads a sample and tries the stages on it.
   *
   * @param config a file that was checked
   * @param progress is told what is tried
   * @throws ConfigurationException in one sentence, if there is nothing to try
   */
  public static BenchResult of(PipelineConfig config, Wish wish, Consumer<String> progress)
      throws InterruptedException {
    TrialInput input = TrialInput.of(config, wish.sample());
    return new Bench(config, wish, progress).of(input);
  }

  private BenchResult of(TrialInput input) throws InterruptedException {
    List<String> names = input.stages().stream().map(Stage::name).toList();
    Optional<String> only = wish.stage();
    if (names.isEmpty() || (only.isPresent() && !names.contains(only.get()))) {
      throw new ConfigurationException(
          names.isEmpty()
              ? "the pipeline has no stage: there is nothing to measure"
              : "there is no stage '"
                  + only.orElseThrow()
                  + "': --stage names one of "
                  + String.join(", ", names));
    }
    for (Stage stage : input.stages()) {
      if (isWished(stage)) {
        wish.matrix().cells(stage, cores); // Refused before anything is read.
      }
    }
    List<Sample> samples = SampleReader.readAll(input.sources(), progress);
    List<String> notices = new ArrayList<>(input.notices());
    return new BenchResult(
        config.name(),
        config.attached().file().orElse("the pipeline file"),
        cores,
        wish.rounds(),
        List.copyOf(samples),
        notices,
        stages(input.stages(), samples, notices));
  }

  private boolean isWished(Stage stage) {
    return wish.stage().isEmpty() || wish.stage().get().equals(stage.name());
  }

  private List<OfStage> stages(List<Stage> stages, List<Sample> samples, List<String> notices)
      throws InterruptedException {
    Window first = window(left().dividedBy(40));
    Optional<Sample> input = trial.together(samples, first);
    List<OfStage> done = new ArrayList<>();
    long wished = stages.stream().filter(this::isWished).count();
    for (Stage stage : stages) {
      if (input.isEmpty()) {
        notices.add("'" + stage.name() + "' was not tried: no record of the sample gets so far.");
        return done;
      }
      Cell alone =
          stage instanceof Stage.Cpu cpu
              ? Cell.of(cpu, Placement.PROCESSES, 1, OptionalInt.empty())
              : Matrix.configured(stage, cores);
      Measured measured = run(alone, input.get(), first, "");
      if (isWished(stage)) {
        Duration share = left().dividedBy(Math.max(1, wished - done.size()));
        done.add(ofStage(stage, measured, input.get(), share));
      }
      if (done.size() == wished) {
        return done;
      }
      input = measured.sink().kept(stage.name());
    }
    return done;
  }

  private OfStage ofStage(Stage stage, Measured alone, Sample input, Duration share)
      throws InterruptedException {
    Cell configured = Matrix.configured(stage, cores);
    Optional<String> failure = StageOutcome.failure(stage.name(), alone, patience());
    if (failure.isPresent()) {
      return new OfStage(stage.name(), configured, failure, List.of(), List.of());
    }
    List<String> notices = new ArrayList<>(StageOutcome.notices(stage.name(), alone));
    List<Cell> cells =
        inTime(wish.matrix().cells(stage, cores), alone.stage(0).nanosPerRecord(), notices);
    Map<Cell, List<Round>> rounds = turns(cells, input, share, alone.starting(), notices);
    return new OfStage(
        stage.name(),
        configured,
        Optional.empty(),
        notices.stream().distinct().toList(),
        rounds.entrySet().stream()
            .map(each -> new OfCell(each.getKey(), List.copyOf(each.getValue())))
            .toList());
  }

  /** All cells once, then all of them again, and so on, as long as there is time. */
  private Map<Cell, List<Round>> turns(
      List<Cell> cells, Sample input, Duration share, Duration starting, List<String> notices)
      throws InterruptedException {
    long stop = Math.min(end, MonotonicClock.nanos() + share.toNanos());
    long trials = Math.max(1, (long) cells.size() * wish.rounds());
    Window window = window(share.dividedBy(trials).minus(starting));
    Map<Cell, List<Round>> rounds = new LinkedHashMap<>();
    cells.forEach(cell -> rounds.put(cell, new ArrayList<>()));
    for (int trial = 0; trial < trials; trial++) {
      if (MonotonicClock.nanos() >= stop) {
        notices.add(
            "There was time for "
                + Format.count(trial)
                + " of "
                + Format.count(trials)
                + " trials; --seconds gives more.");
        break;
      }
      Cell cell = cells.get(trial % cells.size());
      String which = " (" + (trial + 1) + " of " + trials + ")";
      Measured measured = run(cell, input, window, which);
      Optional<String> failed = StageOutcome.failure(cell.label(), measured, window.patience());
      if (failed.isPresent()) {
        notices.add(failed.get());
      } else {
        rounds.computeIfAbsent(cell, any -> new ArrayList<>()).add(round(measured));
      }
    }
    return rounds;
  }

  private static Round round(Measured measured) {
    StageCost cost = measured.stage(0);
    return new Round(
        measured.recordsPerSecond(),
        cost.rowsPerBatch(),
        cost.nanosPerRecord(),
        cost.nanosPerBatch() + cost.borderNanosPerBatch(),
        measured.cpuNanosPerRecord());
  }

  /** Those of which a call ends while it is waited for. */
  private List<Cell> inTime(List<Cell> cells, double nanosPerRecord, List<String> notices) {
    List<Cell> inTime = new ArrayList<>();
    for (Cell cell : cells) {
      double call = cell.batch().orElse(1) * nanosPerRecord;
      if (call <= patience().toNanos()) {
        inTime.add(cell);
      } else {
        notices.add(
            "Batches of "
                + cell.size()
                + " were not tried, because a call would take "
                + Format.time(call)
                + "; --seconds gives more time.");
      }
    }
    return inTime;
  }

  private Measured run(Cell cell, Sample input, Window window, String which)
      throws InterruptedException {
    progress.accept(cell.stage().name() + ": " + cell.label() + which);
    return trial.run(List.of(input), List.of(cell.stage()), window);
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, end - MonotonicClock.nanos()));
  }

  /** How long to wait for a first record. */
  private Duration patience() {
    Duration quarter = wish.longest().dividedBy(4);
    return quarter.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : quarter;
  }

  /** A trial that takes about so long, the start of workers included. */
  private Window window(Duration about) {
    Duration measured = about.dividedBy(2);
    measured = measured.compareTo(SHORTEST) < 0 ? SHORTEST : measured;
    measured = measured.compareTo(LONGEST) > 0 ? LONGEST : measured;
    return new Window(patience(), measured.dividedBy(4), measured);
  }
}
