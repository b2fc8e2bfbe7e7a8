package io.forebay.workers.internal.launch;

import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.ValueFunction;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.binding.ValueCodec;
import java.time.Instant;

/**
 * Called while an AOT cache is made: touches every type of column. Public because workers make it
 * by name; not for use by others.
 */
public final class AotSample implements RecordFunction<AotSample.In, AotSample.Out> {
  /** An argument of every type. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record In(
      boolean bool,
      int int32,
      long int64,
      float float32,
      double float64,
      String string,
      byte[] binary,
      double[] list,
      Instant instant,
      Integer boxed) {}

  /** A result of every type. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Out(
      boolean boolOut,
      int int32Out,
      long int64Out,
      float float32Out,
      double float64Out,
      String stringOut,
      byte[] binaryOut,
      double[] listOut,
      Instant instantOut,
      Integer boxedOut) {}

  /** Run before the first call: what workers of functions over values load. */
  public static final class Values implements Runnable {
    /** Makes one for a worker. */
    public Values() {}

    @Override
    public void run() {
      FunctionSpec spec = FunctionSpec.of(Same.class.getName());
      Schema input = ValueCodec.inputs(spec.reference(), Long.class);
      BoundFunction.toCall(spec, input).newPooled();
    }
  }

  /** A function over values. */
  public static final class Same implements ValueFunction<Long, Long> {
    /** Makes one for a worker. */
    public Same() {}

    @Override
    public Long apply(Long value) {
      return value;
    }
  }

  /** Makes one for a worker. */
  public AotSample() {}

  @Override
  public Out apply(In in) {
    return new Out(
        in.bool(),
        in.int32(),
        in.int64(),
        in.float32(),
        in.float64(),
        in.string(),
        in.binary(),
        in.list(),
        in.instant(),
        in.boxed());
  }
}
