package io.forebay.faults;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Functions that take their time without a core, so that who runs them does not matter. */
public final class IdleFunctions {
  private static final Object LOCK = new Object();

  private IdleFunctions() {}

  private static void idle(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  /** Takes 20 ms a batch. */
  public static class Waits implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("twice", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      idle(20);
      for (int row = 0; row < in.rows(); row++) {
        out.float64("twice").set(row, 2 * in.float64("value").get(row));
      }
    }
  }

  /** Takes 1.5 s a batch. */
  public static final class WaitsLong extends Waits {
    @Override
    public void apply(Batch in, BatchWriter out) {
      idle(1_480);
      super.apply(in, out);
    }
  }

  /** Takes 20 ms a batch, one after the other. */
  public static final class Locks extends Waits {
    @Override
    public void apply(Batch in, BatchWriter out) {
      synchronized (LOCK) {
        super.apply(in, out);
      }
    }
  }

  /** Ends its process with every fourth batch, and takes 20 ms for the others. */
  public static final class Dies extends Waits {
    private int batches;

    @Override
    public void apply(Batch in, BatchWriter out) {
      super.apply(in, out);
      if (++batches % 4 == 0) {
        idle(100);
        Runtime.getRuntime().halt(9);
      }
    }
  }

  /** Answers after 20 ms. */
  public static final class Answers implements AsyncFunction<Answers.Reading, Answers.Result> {
    /** Input. */
    public record Reading(double value) {}

    /** Output. */
    public record Result(double twice) {}

    @Override
    public CompletionStage<Result> apply(Reading in) {
      return CompletableFuture.supplyAsync(
          () -> new Result(2 * in.value()),
          CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
    }
  }
}
