package io.forebay.cli;

import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.profile.Profile;
import io.forebay.profile.ProfiledStage;
import io.forebay.profile.ProfiledStage.Place;
import io.forebay.snapshot.Placement;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.StageProfiling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Stack;
import java.util.function.Consumer;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The profile of a run, if it has one. */
final class RunProfile implements AutoCloseable {
  private static final Path FOLDER = Path.of("forebay-profile");

  private final Optional<Profile> profile;

  private RunProfile(Optional<Profile> profile) {
    this.profile = profile;
  }

  /**
   * Looks for what can be profiled.
   *
   * @throws io.forebay.errors.ConfigurationException in one sentence, if nothing can, or written
   *     nowhere
   */
  static RunProfile open(PipelineConfig config, Optional<Path> folder) {
    return new RunProfile(
        folder.map(to ->
            Profile.into(
                to, config.name(), config.stages().stream().map(RunProfile::stage).toList())));
  }

  private static ProfiledStage stage(StageConfig stage) {
    Place place =
        !(stage instanceof StageConfig.Cpu cpu) || cpu.on() != Placement.PROCESSES
            ? Place.ENGINE
            : FunctionSpec.of(cpu.function()).isPython()
                ? Place.PYTHON_WORKERS
                : Place.JAVA_WORKERS;
    return new ProfiledStage(stage.name(), stage.function(), place);
  }

  /** What the pipeline's workers are profiled with. */
  StageProfiling stages() {
    return profile.map(Profile::stages).orElse(StageProfiling.NONE);
  }

  /** Profiles this process, too, from now on. */
  void start(Consumer<String> human) {
    profile.ifPresent(running -> {
      human.accept(running.notice());
      running.start();
    });
  }

  /** Writes the pages, and says what is in them. */
  void end(Consumer<String> human) {
    profile.ifPresent(ended -> ended.end().forEach(human));
  }

  @Override
  public void close() {
    profile.ifPresent(Profile::close);
  }

  /**
   * Takes the folder behind {@code --profile}, which may be left out: what follows is none if it is
   * another option or looks like the pipeline file.
   */
  static final class FolderIfGiven implements IParameterConsumer {
    @Override
    @SuppressWarnings("JdkObsolete") // picocli's.
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      boolean given = !args.isEmpty() && isFolder(args.peek());
      option.setValue(given ? Path.of(args.pop()) : FOLDER);
    }

    private static boolean isFolder(String next) {
      return !next.startsWith("-")
          && !next.endsWith(".yaml")
          && !next.endsWith(".yml")
          && !Files.isRegularFile(Path.of(next));
    }
  }
}
