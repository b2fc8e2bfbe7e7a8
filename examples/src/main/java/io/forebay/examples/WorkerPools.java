package io.forebay.examples;

import io.forebay.Schema;
import io.forebay.ValueFunction;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.functions.LectureFeatures;
import io.forebay.workers.BatchPool;
import io.forebay.workers.CallPool;
import io.forebay.workers.Pools;
import io.forebay.workers.api.BatchResult;
import io.forebay.workers.api.Outcome;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.tasks.TaskExecutors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The worker pool without the engine, as {@code docs/guide/pool.md} shows it. */
public final class WorkerPools {
  private WorkerPools() {}

  /** Counts the primes up to a limit, the slow way. */
  public static final class Primes implements ValueFunction<Long, Long> {
    @Override
    public Long apply(Long limit) {
      return LongStream.rangeClosed(2, limit)
          .filter(n ->
              LongStream.rangeClosed(2, (long) Math.sqrt((double) n)).noneMatch(d -> n % d == 0))
          .count();
    }
  }

  /** The same as a task. */
  public record CountPrimes(long limit) implements Callable<Long> {
    @Override
    public Long call() {
      return new Primes().apply(limit);
    }
  }

  /** Calls a function in a process of its own. */
  public static long call() throws Exception {
    try (CallPool<Long, Long> pool = Pools.processes().calls(Primes.class).workers(2).start()) {
      CompletableFuture<Long> primes = pool.call(10_000L);
      return primes.get();
    }
  }

  /** Limits what a call may do. */
  public static long limited() throws Exception {
    try (CallPool<Long, Long> pool =
        Pools.processes()
            .calls(Primes.class)
            .timeout(Duration.ofSeconds(10)) // of running: the worker is killed then
            .deadline(Duration.ofSeconds(30)) // of waiting and running
            .memory(64L << 20)
            .inFlight(100)
            .whenFull(WhenFull.waitFor(Duration.ofSeconds(1)))
            .start()) {
      CompletableFuture<Long> endless = pool.call(Long.MAX_VALUE);
      endless.cancel(true); // kills the worker that runs it
      return pool.call(100L).get();
    }
  }

  /** Maps a function over a stream without end. */
  public static List<Long> map() {
    try (CallPool<Long, Long> pool = Pools.processes().calls(Primes.class).start();
        Stream<Long> counts = pool.map(Stream.iterate(10L, limit -> limit * 2))) {
      return counts.limit(8).toList();
    }
  }

  /** Asks what became of each argument. */
  public static long outcomes() {
    try (CallPool<Long, Long> pool = Pools.processes().calls(Primes.class).start();
        Stream<Outcome<Long, Long>> outcomes =
            pool.mapping(List.of(10L, 100L, 1000L).iterator()).unordered().outcomes()) {
      return outcomes
          .filter(outcome ->
              switch (outcome) {
                case Outcome.Returned<Long, Long>(Long limit, Long count) -> count < limit;
                case Outcome.Failed<Long, Long>(Long limit, var why) -> {
                  System.err.println(limit + ": " + why.getMessage());
                  yield false;
                }
              })
          .count();
    }
  }

  /** Calls a Python function. */
  public static String python(Path folder) throws Exception {
    PythonSettings settings =
        new PythonSettings("python3", List.of(folder), Optional.empty(), io.forebay.RowShape.SAME);
    try (CallPool<String, String> pool =
        Pools.processes()
            .calls("python:words.shout@each", String.class, String.class)
            .python(settings)
            .start()) {
      return pool.call("hello").get();
    }
  }

  /** Calls a function on columns. */
  public static double batch() throws Exception {
    Schema schema = Schema.of(Field.of("value", ColumnType.FLOAT64));
    try (BatchPool pool = Pools.processes().batches(LectureFeatures.class, schema).start();
        BatchResult result =
            pool.submit(
                    rows -> {
                      for (int i = 0; i < 1000; i++) {
                        rows.setDouble(0, i);
                        rows.append();
                      }
                    })
                .get()) {
      Float64Column feature = result.batch().float64("feature");
      return feature.get(999);
    }
  }

  /** Uses a pool as an executor. */
  public static long executor() throws Exception {
    try (ExecutorService executor = TaskExecutors.processes().workers(2).start()) {
      Future<Long> primes = executor.submit(new CountPrimes(10_000));
      return primes.get();
    }
  }
}
