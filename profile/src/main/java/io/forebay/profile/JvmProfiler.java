package io.forebay.profile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import one.profiler.AsyncProfiler;
import org.jspecify.annotations.Nullable;

/**
 * async-profiler: of this process, and what workers are started with to have it, too. It samples by
 * timers of the threads' CPU clocks, for which a container needs no permission; where there are
 * none, by a timer of the process.
 *
 * <p>Every few seconds it writes what came since to a file of its own and starts anew.
 */
final class JvmProfiler implements AutoCloseable {
  private static final List<String> EVENTS = List.of("ctimer", "itimer");

  private static final String OPTIONS =
      ",interval=10ms,total,ann,threads,collapsed,jstackdepth=256,quiet";

  /** As often as that, so that no more is lost where a worker is killed. */
  private static final String LOOP = ",loop=" + Parts.SECONDS + "s";

  /** The folders of its jar; musl needs no other library than glibc. */
  private static final Map<String, String> PLATFORMS =
      Map.of(
          "linux-amd64", "linux-x64",
          "linux-x86_64", "linux-x64",
          "linux-aarch64", "linux-arm64",
          "mac-x86_64", "macos",
          "mac-aarch64", "macos");

  private final AsyncProfiler profiler;
  private final Path library;
  private final Parts parts;
  private final String event;
  private boolean running;

  private JvmProfiler(AsyncProfiler profiler, Path library, Parts parts, String event) {
    this.profiler = profiler;
    this.library = library;
    this.parts = parts;
    this.event = event;
  }

  /** There is none here: the message says why, as a part of a sentence. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String why, @Nullable Throwable cause) {
      super(why, cause);
    }
  }

  /** Loads the library of this platform and tries it on this process. */
  static JvmProfiler load(Parts parts) throws UnavailableException {
    return load(parts, System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static JvmProfiler load(Parts parts, String system, String machine) throws UnavailableException {
    Path library = parts.folder().resolve("libasyncProfiler.so");
    try (InputStream in = library(system, machine)) {
      Files.copy(in, library);
      AsyncProfiler profiler = AsyncProfiler.getInstance(library.toString());
      return new JvmProfiler(profiler, library, parts, usableEvent(profiler));
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new UnavailableException(
          "its library cannot be loaded from " + parts.folder() + " (" + e.getMessage() + ")", e);
    }
  }

  private static InputStream library(String system, String machine) throws UnavailableException {
    String name = system.toLowerCase(Locale.ROOT).split(" ", -1)[0];
    String folder = PLATFORMS.get(name + "-" + machine);
    InputStream in =
        folder == null
            ? null
            : AsyncProfiler.class.getResourceAsStream("/" + folder + "/libasyncProfiler.so");
    if (in == null) {
      throw new UnavailableException("it has no library for " + system + " on " + machine, null);
    }
    return in;
  }

  private static String usableEvent(AsyncProfiler profiler) throws UnavailableException {
    Exception last = null;
    for (String event : EVENTS) {
      try {
        profiler.execute("start,event=" + event + OPTIONS);
        profiler.execute("stop,quiet");
        return event;
      } catch (IOException | IllegalArgumentException | IllegalStateException e) {
        last = e;
      }
    }
    throw new UnavailableException(
        "it cannot sample here (" + (last == null ? "" : last.getMessage()) + ")", last);
  }

  /** {@code ctimer} or {@code itimer}. */
  String event() {
    return event;
  }

  /** The option with which a worker of a stage has it. */
  String workerOption(int stage) {
    return "-agentpath:"
        + library
        + "=start,event="
        + event
        + OPTIONS
        + LOOP
        + ",file="
        + parts.prefix(stage)
        + "-%p-%n"
        + Parts.UNFINISHED;
  }

  /** Samples this process from now on. */
  void start() throws IOException {
    profiler.execute("start,event=" + event + OPTIONS + LOOP + ",file=" + engine("%n"));
    running = true;
  }

  /** Samples no more; what is left is written. */
  void stop() throws IOException {
    if (running) {
      running = false;
      profiler.execute("stop" + OPTIONS + ",file=" + engine("last"));
    }
  }

  private String engine(String number) {
    String process = Long.toString(ProcessHandle.current().pid());
    return parts.prefix(Parts.ENGINE) + "-" + process + "-" + number + Parts.UNFINISHED;
  }

  @Override
  public void close() {
    try {
      if (running) {
        running = false;
        profiler.execute("stop,quiet");
      }
    } catch (IOException | IllegalStateException e) {
      // It did not run any more.
    }
  }
}
