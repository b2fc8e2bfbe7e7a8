package io.forebay.workers.internal.calls;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.RowShape;
import io.forebay.errors.OutputOverflowException;
import io.forebay.errors.RecordRejectedException;
import io.forebay.errors.UnpairedSurrogateException;
import io.forebay.slots.CallWriter;
import io.forebay.slots.Slot;
import io.forebay.workers.internal.binding.ErrorText;

/**
 * Calls a function over columns. Where it throws, halves are tried until the rows that make it
 * throw are found: for one bad row among n about 2·log₂ n calls.
 */
public final class BatchCall extends PooledFunction {
  private final String name;
  private final RowShape shape;
  private final BatchFunction function;

  public BatchCall(String name, RowShape shape, BatchFunction function) {
    this.name = name;
    this.shape = shape;
    this.function = function;
  }

  @Override
  public void call(Slot slot, int stage, boolean singly) {
    Batch in = input(slot, stage);
    CallWriter out = slot.beginCall(stage, shape);
    int rows = in.rows();
    meter.begin();
    int overflow = -1;
    if (singly) {
      for (int row = 0; row < rows && overflow < 0; row++) {
        cursor(slot, row);
        overflow = callPart(in, out, row, row + 1);
      }
      cursor(slot, -1);
    } else if (rows > 0) {
      checkInterrupt();
      try {
        function.apply(in, out);
      } catch (OutputOverflowException e) {
        overflow = out.overflowRow(e);
      } catch (Throwable e) {
        rethrowUnlessRowFault(e);
        out = slot.beginCall(stage, shape);
        overflow = settle(e, in, out, 0, rows);
      }
    }
    meter.end();
    if (overflow >= 0) {
      out.overflowed(overflow, meter.serviceNanos());
    } else {
      done(out);
    }
  }

  /** Calls rows {@code from} to {@code to}; returns the row of an overflow, or -1. */
  private int callPart(Batch in, CallWriter out, int from, int to) {
    CallWriter.Mark start = out.mark();
    checkInterrupt();
    try {
      function.apply(in.slice(from, to), out.slice(from, to));
      return -1;
    } catch (OutputOverflowException e) {
      return out.overflowRow(e);
    } catch (Throwable e) {
      rethrowUnlessRowFault(e);
      out.rewind(start);
      return settle(e, in, out, from, to);
    }
  }

  /** Rows {@code from} to {@code to} made the function throw: blames the one, or tries halves. */
  private int settle(Throwable error, Batch in, CallWriter out, int from, int to) {
    if (to - from == 1 && prepareRepeat(error, from)) {
      return callPart(in, out, from, to);
    }
    if (to - from == 1) {
      return reject(name, error, out, from) ? -1 : from;
    }
    int middle = (from + to) >>> 1;
    int overflow = callPart(in, out, from, middle);
    return overflow >= 0 ? overflow : callPart(in, out, middle, to);
  }

  /**
   * Rejects the row: with the reason alone where the function gave one.
   *
   * @return false if there is no room for the reason in this batch: the call has overflowed there
   */
  public static boolean reject(String function, Throwable error, CallWriter out, int row) {
    try {
      if (error instanceof RecordRejectedException rejected) {
        String reason = rejected.getMessage();
        out.reject(row, reason == null ? "rejected by the function " + function : reason);
      } else if (error instanceof UnpairedSurrogateException) {
        out.reject(row, "the function " + function + " returned no Unicode: " + error.getMessage());
      } else {
        out.reject(row, ErrorText.reason(function, error), ErrorText.detail(error));
      }
      return true;
    } catch (OutputOverflowException full) {
      return false;
    }
  }
}
