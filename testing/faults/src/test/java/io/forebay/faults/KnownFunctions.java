package io.forebay.faults;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64Writer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Functions whose cost is known by their parameters: the Java side of the pipelines in {@code
 * diagnosis/*.yaml}, as {@code known.py} is the Python side. They write {@code done}.
 */
public final class KnownFunctions {
  /** So many take a microsecond of a core of this machine. */
  private static final int STEPS = calibrated();

  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final List<Object> KEPT = new ArrayList<>();
  private static final long FIRST_MILLIS = 1_735_689_600_000L;

  private KnownFunctions() {}

  /** By the thread's CPU time, which does not pass while others have the core. */
  private static int calibrated() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    int steps = 2_000_000;
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long began = threads.getCurrentThreadCpuTime();
      if (Double.isNaN(steps(1, steps))) {
        throw new AssertionError("never");
      }
      best = Math.min(best, threads.getCurrentThreadCpuTime() - began);
    }
    return (int) Math.max(1, steps * 1_000L / best);
  }

  private static double compute(double x, long micros) {
    return steps(x, micros * STEPS);
  }

  private static double steps(double x, long steps) {
    double y = x;
    for (long step = steps; step > 0; step--) {
      y = Math.fma(y, 0.999, 1);
    }
    return y;
  }

  private static void idle(long micros) {
    long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  private static long number(Map<String, String> parameters, String name) {
    return Long.parseLong(parameters.getOrDefault(name, "0"));
  }

  /**
   * Works in one of these ways, or several.
   *
   * <ul>
   *   <li>{@code computes}, {@code sleeps}: so many microseconds for each record
   *   <li>{@code computesLocked}, {@code sleepsLocked}: the same, with a lock that all share
   *   <li>{@code each}, {@code computesThen}: for each so many records so many microseconds more
   *   <li>{@code keeps}, {@code makes}: so many KiB live, and new for each record
   *   <li>{@code ends}, {@code after}: {@code exit}, {@code crash}, {@code hoard} or {@code hang}
   *       so many milliseconds after the first call
   *   <li>{@code from}, {@code until}: only the readings of a simulated source with these numbers
   * </ul>
   */
  public static final class Works implements BatchFunction {
    private final Map<String, String> parameters;
    private final long from;
    private final long until;
    private final byte[][] live;
    private long firstCall;
    private long seen;

    public Works(Map<String, String> parameters) {
      this.parameters = parameters;
      from = number(parameters, "from");
      until = parameters.containsKey("until") ? number(parameters, "until") : Long.MAX_VALUE;
      live = new byte[(int) number(parameters, "keeps")][1024];
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("done", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      endIfDue();
      Float64Column value = in.float64("value");
      Float64Writer done = out.float64("done");
      long rows = 0;
      for (int row = 0; row < in.rows(); row++) {
        double x = value.get(row);
        if (concerns(in, row)) {
          rows++;
          x = compute(x, number(parameters, "computes"));
          if (parameters.containsKey("each") && ++seen % number(parameters, "each") == 0) {
            x = compute(x, number(parameters, "computesThen"));
          }
          make();
        }
        done.set(row, x);
      }
      idle(rows * number(parameters, "sleeps"));
      if (parameters.containsKey("computesLocked") || parameters.containsKey("sleepsLocked")) {
        locked(rows);
      }
    }

    private boolean concerns(Batch in, int row) {
      if (from == 0 && until == Long.MAX_VALUE) {
        return true;
      }
      long number = (in.int64("timestamp").get(row) - FIRST_MILLIS) / 10;
      return number >= from && number < until;
    }

    private void make() {
      for (long i = number(parameters, "makes"); i > 0; i--) {
        live[(int) (seen++ * 7919 % live.length)] = new byte[1024];
      }
    }

    private void locked(long rows) {
      LOCK.lock();
      try {
        compute((double) rows, rows * number(parameters, "computesLocked"));
        idle(rows * number(parameters, "sleepsLocked"));
      } finally {
        LOCK.unlock();
      }
    }

    private void endIfDue() {
      long now = System.nanoTime();
      if (firstCall == 0) {
        firstCall = now;
      }
      if (!parameters.containsKey("ends")
          || now - firstCall < TimeUnit.MILLISECONDS.toNanos(number(parameters, "after"))) {
        return;
      }
      switch (parameters.get("ends")) {
        case "exit" -> Runtime.getRuntime().halt(9);
        case "crash" -> crash();
        case "hang" -> idle(TimeUnit.HOURS.toMicros(1));
        case "hoard" -> {
          while (true) {
            KEPT.add(new byte[1 << 20]);
          }
        }
        default -> throw new IllegalArgumentException(parameters.get("ends"));
      }
    }

    private static void crash() {
      try {
        new ProcessBuilder("kill", "-SEGV", Long.toString(ProcessHandle.current().pid())).start();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      idle(TimeUnit.SECONDS.toMicros(10));
    }
  }

  /** Takes no time worth a word. */
  public static final class Cheap implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("done", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      Float64Column value = in.float64("value");
      Float64Writer done = out.float64("done");
      for (int row = 0; row < in.rows(); row++) {
        done.set(row, 2 * value.get(row));
      }
    }
  }

  /** Leaves all records out. */
  public static final class Drops implements RecordExpander<Reading, Result> {
    @Override
    public void apply(Reading in, Consumer<? super Result> out) {}
  }

  /** A reading, as those below see it. */
  public record Reading(double value) {}

  /** What they make of it. */
  public record Result(double done) {}

  /** A library that blocks the calling thread for {@code sleeps} microseconds. */
  public static final class Calls implements RecordFunction<Reading, Result> {
    private final long micros;

    public Calls(Map<String, String> parameters) {
      micros = number(parameters, "sleeps");
    }

    @Override
    public Result apply(Reading in) {
      idle(micros);
      return new Result(in.value());
    }
  }

  /** Answers after {@code sleeps} microseconds. */
  public static final class Answers implements AsyncFunction<Reading, Result> {
    private final long micros;

    public Answers(Map<String, String> parameters) {
      micros = number(parameters, "sleeps");
    }

    @Override
    public CompletionStage<Result> apply(Reading in) {
      return CompletableFuture.supplyAsync(
          () -> new Result(in.value()),
          CompletableFuture.delayedExecutor(micros, TimeUnit.MICROSECONDS));
    }
  }
}
