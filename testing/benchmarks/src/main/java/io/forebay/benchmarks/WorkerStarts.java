package io.forebay.benchmarks;

import io.forebay.ValueFunction;
import io.forebay.workers.CallPool;
import io.forebay.workers.Pools;
import io.forebay.workers.api.AotCaching;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The other side of {@link WorkerStart}: starts pools and kills workers as it is asked to, one
 * request a line, and answers with milliseconds.
 */
public final class WorkerStarts {
  /** Names the process that it runs in. */
  public static final class Pid implements ValueFunction<Integer, Long> {
    @Override
    public Long apply(Integer nothing) {
      return ProcessHandle.current().pid();
    }
  }

  private final AotCaching caching;
  private @Nullable CallPool<Integer, Long> kept;

  private WorkerStarts(AotCaching caching) {
    this.caching = caching;
  }

  /** {@code cached} or {@code plain}. */
  public static void main(String[] arguments) throws Exception {
    WorkerStarts starts =
        new WorkerStarts(arguments[0].equals("cached") ? AotCaching.BEFORE_START : AotCaching.OFF);
    try (BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String request = requests.readLine(); request != null; request = requests.readLine()) {
        long nanos = request.equals("start") ? starts.start() : starts.replace();
        System.out.printf(Locale.ROOT, "%.3f%n", nanos / 1e6);
      }
    }
    if (starts.kept != null) {
      starts.kept.close();
    }
  }

  private CallPool<Integer, Long> pool() {
    return Pools.processes().calls(Pid.class).workers(1).memory(64 << 20).aotCache(caching).start();
  }

  private long start() throws Exception {
    long begin = System.nanoTime();
    try (CallPool<Integer, Long> pool = pool()) {
      pool.call(0).get();
      return System.nanoTime() - begin;
    }
  }

  /** Kills the worker and calls at once: the call is made again by the spare. */
  private long replace() throws Exception {
    if (kept == null) {
      kept = pool();
    }
    while (ProcessHandle.current().children().count() < 2) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    TimeUnit.MILLISECONDS.sleep(1_500); // Until the spare is ready, not only there.
    ProcessHandle worker = ProcessHandle.of(kept.call(0).get()).orElseThrow();
    CompletableFuture<Long> seen = worker.onExit().thenApply(ended -> System.nanoTime());
    worker.destroyForcibly();
    kept.call(0).get();
    return System.nanoTime() - seen.get();
  }
}
