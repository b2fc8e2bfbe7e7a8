package io.forebay.engine;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.NumberColumn;
import io.forebay.errors.RecordRejectedException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Functions that the tests' pipelines name. All know the column {@code n}, an int64. */
public final class TestFunctions {
  private TestFunctions() {}

  public record N(long n) {}

  public record Doubled(long doubled) {}

  public record Text(String text) {}

  /** doubled = 2n. */
  public static final class Twice implements RecordFunction<N, Doubled> {
    @Override
    public Doubled apply(N in) {
      return new Doubled(2 * in.n());
    }
  }

  /** How many numbers a window has. */
  public static final class Lengths implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("length", ColumnType.INT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        out.int64("length").set(row, in.list("numbers").get(row).length);
      }
    }
  }

  /** Fails with some rows of windows. */
  public static final class FragileOfWindow implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("tried", ColumnType.BOOL));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        if (in.int64("n").get(row) % 13 == 0) {
          throw new IllegalStateException("a window breaks it");
        }
        out.bool("tried").set(row, true);
      }
    }
  }

  /** Half of the sum of a window, where that is even; the others are left out. */
  public static final class HalfOfWindow implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("half", ColumnType.INT64));
    }

    @Override
    public RowShape rowShape() {
      return RowShape.FEWER;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        long n = in.int64("n").get(row);
        if (n % 2 == 0) {
          out.int64("half").set(row, n / 2);
        } else {
          out.filter(row);
        }
      }
    }
  }

  /** half = n / 2, over columns. */
  public static final class Half implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("half", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      NumberColumn n = in.number("n");
      Float64Writer half = out.float64("half");
      for (int row = 0; row < in.rows(); row++) {
        half.set(row, n.asDouble(row) / 2);
      }
    }
  }

  /** Leaves out every n that is divisible by 5, rejects every n that is divisible by 7. */
  public static final class Sieve implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of();
    }

    @Override
    public RowShape rowShape() {
      return RowShape.FEWER;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        long n = in.int64("n").get(row);
        if (n % 5 == 0) {
          out.filter(row);
        } else if (n % 7 == 0) {
          out.reject(row, n + " is divisible by 7");
        }
      }
    }
  }

  /** Makes n mod 4 rows of n. */
  public static final class Expand implements RecordExpander<N, Expand.Part> {
    public record Part(int part) {}

    @Override
    public void apply(N in, Consumer<? super Part> out) {
      for (int part = 0; part < in.n() % 4; part++) {
        out.accept(new Part(part));
      }
    }
  }

  /** Rejects part 1 of what {@link Expand} made of every n that is divisible by 3. */
  public static final class RejectPart implements RecordFunction<RejectPart.In, RejectPart.Out> {
    public record In(long n, int part) {}

    public record Out(boolean kept) {}

    @Override
    public Out apply(In in) throws RecordRejectedException {
      if (in.n() % 3 == 0 && in.part() == 1) {
        throw new RecordRejectedException("part 1 of " + in.n());
      }
      return new Out(true);
    }
  }

  /** Throws for every n that is divisible by 11. */
  public static final class Fragile implements RecordFunction<N, Doubled> {
    @Override
    public Doubled apply(N in) {
      if (in.n() % 11 == 0) {
        throw new IllegalArgumentException("cannot double " + in.n());
      }
      return new Doubled(2 * in.n());
    }
  }

  /** text = {@code size} characters, so that outputs overflow. */
  public static final class Bloat implements RecordFunction<N, Text> {
    private final int size;

    public Bloat(Map<String, String> parameters) {
      size = Integer.parseInt(parameters.get("size"));
    }

    @Override
    public Text apply(N in) {
      // Every 100th is larger than any slot of the tests.
      return new Text("x".repeat(in.n() % 100 == 0 ? 100 * size : size) + in.n());
    }
  }

  /** Doubles after a moment, on other threads; fails as {@link Fragile}. */
  public static final class DoubleLater implements AsyncFunction<N, Doubled> {
    static final AtomicInteger IN_FLIGHT = new AtomicInteger();
    static final AtomicInteger MOST = new AtomicInteger();

    @Override
    public CompletionStage<Doubled> apply(N in) {
      MOST.accumulateAndGet(IN_FLIGHT.incrementAndGet(), Math::max);
      return CompletableFuture.supplyAsync(
          () -> {
            IN_FLIGHT.decrementAndGet();
            return new Fragile().apply(in);
          },
          CompletableFuture.delayedExecutor(in.n() % 3, TimeUnit.MILLISECONDS));
    }
  }

  /** Never answers for n = 13. */
  public static final class NeverAnswers implements AsyncFunction<N, Doubled> {
    @Override
    public CompletionStage<Doubled> apply(N in) {
      return in.n() == 13
          ? new CompletableFuture<>()
          : CompletableFuture.completedFuture(new Doubled(2 * in.n()));
    }
  }

  /** Doubles, and remembers how many calls there were at a time. */
  public static final class Blocks implements RecordFunction<N, Doubled> {
    static final AtomicInteger NOW = new AtomicInteger();
    static final AtomicInteger MOST = new AtomicInteger();

    @Override
    public Doubled apply(N in) throws InterruptedException {
      MOST.accumulateAndGet(NOW.incrementAndGet(), Math::max);
      try {
        new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
        return new Fragile().apply(in);
      } finally {
        NOW.decrementAndGet();
      }
    }
  }

  /** Waits until {@link #gate} opens. */
  public static final class Gated implements RecordFunction<N, Doubled> {
    static volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Doubled apply(N in) throws InterruptedException {
      gate.await();
      return new Doubled(2 * in.n());
    }
  }
}
