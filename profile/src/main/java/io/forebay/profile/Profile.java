package io.forebay.profile;

import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.StageProfiling;
import io.forebay.workers.api.WorkerLaunch;
import io.forebay.workers.api.WorkerPool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The profile of one run: where the CPU time of its engine and of its workers goes.
 *
 * <pre>{@code
 * try (Profile profile = Profile.into(folder, "plant", stages)) {
 *   … PipelineBuilder.profiled(profile.stages()) …
 *   profile.start();
 *   … the pipeline runs, and ends …
 *   profile.end().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Not thread-safe; {@link #stages} may be called by another thread than the rest.
 */
public final class Profile implements AutoCloseable {
  /** How long a worker has to write its last samples when the pipeline has ended. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /** The variable by which a Python worker is told, as {@code worker.py} reads it. */
  private static final String VARIABLE = "FOREBAY_PROFILE";

  private final ProfileFolder folder;
  private final String pipeline;
  private final List<ProfiledStage> stages;
  private final Parts parts;
  private final Optional<JvmProfiler> jvm;
  private final String notice;

  private Profile(
      ProfileFolder folder,
      String pipeline,
      List<ProfiledStage> stages,
      Parts parts,
      Optional<JvmProfiler> jvm,
      String notice) {
    this.folder = folder;
    this.pipeline = pipeline;
    this.stages = List.copyOf(stages);
    this.parts = parts;
    this.jvm = jvm;
    this.notice = notice;
  }

  /**
   * Makes the folder and looks for what can be profiled here. Where the profiler of Java cannot be
   * had, Python is profiled without it.
   *
   * @param stages of the pipeline, in its order
   * @throws ConfigurationException in one sentence, if nothing can be profiled or written
   */
  public static Profile into(Path folder, String pipeline, List<ProfiledStage> stages) {
    ProfileFolder target = new ProfileFolder(folder);
    target.prepare();
    Parts parts;
    try {
      parts = Parts.make();
    } catch (IOException e) {
      throw new ConfigurationException(
          "there is no room for a profile among the temporary files ("
              + e.getMessage()
              + "), and nothing was started: free space there, or leave out --profile",
          e);
    }
    try {
      requirePlainPath(parts.folder());
      JvmProfiler jvm = JvmProfiler.load(parts);
      return new Profile(
          target, pipeline, stages, parts, Optional.of(jvm), notice(stages, jvm.event()));
    } catch (JvmProfiler.UnavailableException e) {
      if (stages.stream().noneMatch(each -> each.place() == ProfiledStage.Place.PYTHON_WORKERS)) {
        parts.close();
        throw new ConfigurationException(
            "Java cannot be profiled here: "
                + e.getMessage()
                + "; nothing was started: leave out --profile",
            e);
      }
      String notice =
          "profile: only Python stages, for async-profiler is not there: "
              + e.getMessage()
              + "; the run goes on";
      return new Profile(target, pipeline, stages, parts, Optional.empty(), notice);
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  /** The options of the profiler have no quotes. */
  private static void requirePlainPath(Path folder) throws JvmProfiler.UnavailableException {
    if (folder.toString().matches(".*[=,%;].*")) {
      throw new JvmProfiler.UnavailableException(
          "the path of the temporary files, " + folder + ", has one of = , % ; in it", null);
    }
  }

  private static String notice(List<ProfiledStage> stages, String event) {
    boolean python =
        stages.stream().anyMatch(each -> each.place() == ProfiledStage.Place.PYTHON_WORKERS);
    return "profile: a sample for each 10 ms of CPU time, of Java by async-profiler ("
        + event
        + ")"
        + (python ? ", of Python by its workers" : "");
  }

  /** A sentence for the person who starts it: how it samples, or what is missing. */
  public String notice() {
    return notice;
  }

  /** What the pipeline's workers are profiled with. */
  public StageProfiling stages() {
    return new StageProfiling() {
      @Override
      public WorkerLaunch launch(int stage) {
        return new WorkerLaunch(
            jvm.map(profiler -> List.of(profiler.workerOption(stage))).orElse(List.of()),
            Map.of(VARIABLE, parts.prefix(stage).toString()),
            FAREWELL);
      }

      @Override
      public WorkerPool inline(int stage, WorkerPool pool) {
        return InlineFrames.around(stage, pool);
      }
    };
  }

  /** Profiles the engine from now on. */
  public void start() {
    parts.start();
    try {
      if (jvm.isPresent()) {
        jvm.get().start();
      }
    } catch (IOException | IllegalStateException e) {
      throw new ConfigurationException(
          "the profile cannot begin (" + e.getMessage() + "): leave out --profile", e);
    }
  }

  /**
   * Writes the pages, when all workers have ended; what cannot be written is said.
   *
   * @return a sentence for each stage, one for the engine, and where the pages are
   */
  public List<String> end() {
    try {
      if (jvm.isPresent()) {
        jvm.get().stop();
      }
      return write(parts.end());
    } catch (IOException | RuntimeException e) {
      return List.of(folder.lost(e));
    }
  }

  private List<String> write(Map<Integer, Stacks> sampled) throws IOException {
    List<StageStacks> byStage = stages.stream().map(StageStacks::new).toList();
    EngineStacks engine = new EngineStacks(byStage);
    sampled.forEach((stage, stacks) ->
        stacks.forEach((frames, nanos) -> {
          boolean named = frames.getFirst().startsWith("[") && frames.getFirst().endsWith("]");
          String thread =
              named ? frames.getFirst().substring(1, frames.getFirst().length() - 1) : "";
          boolean python =
              stage != Parts.ENGINE
                  && stages.get(stage).place() == ProfiledStage.Place.PYTHON_WORKERS;
          List<String> calls = named && !python ? frames.subList(1, frames.size()) : frames;
          if (stage == Parts.ENGINE) {
            engine.add(thread, calls, nanos);
          } else {
            byStage.get(stage).add(thread, calls, nanos);
          }
        }));
    return pages(byStage, engine);
  }

  private List<String> pages(List<StageStacks> byStage, EngineStacks engine) throws IOException {
    List<String> sentences = new ArrayList<>();
    Stacks whole = new Stacks();
    List<String> notes = new ArrayList<>(List.of(notice + "."));
    parts.failure().ifPresent(e -> notes.add("Some samples are missing: " + e + "."));
    IndexPage index = new IndexPage("Profile of " + pipeline, notes);
    for (int i = 0; i < byStage.size(); i++) {
      StageStacks stage = byStage.get(i);
      String name = stage.stage().name();
      String page = ProfileFolder.page(i, name);
      Stacks coloured = FlamePage.coloured(stage.graph(), stage::ownerOfDrawn);
      folder.write(page, FlamePage.of(stage.title(), coloured));
      index.add(name, page, stage.sentence(), stage.labelled(), stage.topMethods());
      addAll(whole, name, coloured);
      sentences.add(stage.sentence() + ": " + folder.path().resolve(page));
    }
    Stacks coloured = FlamePage.coloured(engine.graph(), EngineStacks::ownerOf);
    folder.write(ProfileFolder.ENGINE, FlamePage.of("engine of " + pipeline, coloured));
    index.add("engine", ProfileFolder.ENGINE, engine.sentence(), engine.parts(), List.of());
    addAll(whole, "engine", coloured);
    sentences.add(engine.sentence() + ": " + folder.path().resolve(ProfileFolder.ENGINE));
    folder.write(ProfileFolder.PIPELINE, FlamePage.of("the whole of " + pipeline, whole));
    folder.write(ProfileFolder.STACKS, Code.bare(whole).lines());
    folder.write(ProfileFolder.INDEX, index.html());
    sentences.add("profile: " + folder.path().resolve(ProfileFolder.INDEX));
    return sentences;
  }

  private static void addAll(Stacks whole, String part, Stacks stacks) {
    stacks.forEach((frames, nanos) -> {
      List<String> longer = new ArrayList<>(List.of(part.replace(';', ':')));
      longer.addAll(frames);
      whole.add(longer, nanos);
    });
  }

  @Override
  public void close() {
    jvm.ifPresent(JvmProfiler::close);
    parts.close();
  }
}
