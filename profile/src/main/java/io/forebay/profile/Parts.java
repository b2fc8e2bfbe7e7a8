package io.forebay.profile;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the processes of a run leave what they have sampled, {@code STAGE-PROCESS-NUMBER}, and who
 * takes it up: each file is read once, when its writer has gone on to the next one or has ended,
 * and removed, so that a long run needs no more room than a short one.
 *
 * <p>Any thread may call; files are read on one of its own.
 */
final class Parts implements AutoCloseable {
  /** How often a process begins a new file. */
  static final int SECONDS = 5;

  /** In place of a stage. */
  static final int ENGINE = -1;

  /** Of files that are moved into place as a whole. */
  static final String FINISHED = ".collapsed";

  /** Of files that are finished when there is a later one, or no writer. */
  static final String UNFINISHED = ".part";

  private static final Pattern NAME =
      Pattern.compile("(engine|\\d+)-(\\d+)-(\\d+|last)\\.(collapsed|part)");

  private final Path folder;
  private final ScheduledExecutorService reading =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("forebay-profile").factory());

  @GuardedBy("this")
  private final Map<Integer, Stacks> stacks = new HashMap<>();

  @GuardedBy("this")
  private Optional<Throwable> failure = Optional.empty();

  private Parts(Path folder) {
    this.folder = folder;
  }

  /** Among the temporary files. */
  static Parts make() throws IOException {
    return new Parts(Files.createTempDirectory("forebay-profile-"));
  }

  /** Takes files up from now on. */
  void start() {
    var _ = reading.scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      take(false);
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  private synchronized void failed(Throwable e) {
    failure = Optional.of(e);
  }

  Path folder() {
    return folder;
  }

  /** How the paths of a stage's files begin. */
  Path prefix(int stage) {
    return folder.resolve(stage == ENGINE ? "engine" : Integer.toString(stage));
  }

  /** Everything, now that all who have written have ended. */
  synchronized Map<Integer, Stacks> end() throws IOException {
    reading.shutdown(); // Whoever is reading has the lock, or finds nothing left.
    take(true);
    return stacks;
  }

  /** What has kept it from reading, if something has. */
  synchronized Optional<Throwable> failure() {
    return failure;
  }

  private record Part(Path path, int stage, long process, int number, boolean finished) {}

  private synchronized void take(boolean all) throws IOException {
    List<Part> parts = list();
    Map<Long, Integer> latest = new HashMap<>();
    parts.forEach(part -> latest.merge(part.process, part.number, Math::max));
    for (Part part : parts) {
      if (all
          || part.finished
          || part.number < latest.getOrDefault(part.process, 0)
          || ProcessHandle.of(part.process).isEmpty()) {
        stacks.computeIfAbsent(part.stage, _ -> new Stacks()).read(part.path);
        Files.delete(part.path);
      }
    }
  }

  private List<Part> list() throws IOException {
    List<Part> parts = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          parts.add(
              new Part(
                  file,
                  name.group(1).equals("engine") ? ENGINE : Integer.parseInt(name.group(1)),
                  Long.parseLong(name.group(2)),
                  name.group(3).equals("last")
                      ? Integer.MAX_VALUE
                      : Integer.parseInt(name.group(3)),
                  file.toString().endsWith(FINISHED)));
        }
      }
    }
    return parts;
  }

  /** Removes them; what cannot be removed stays. */
  @Override
  public void close() {
    reading.shutdownNow();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // The system removes what is temporary.
    }
  }
}
