package io.forebay.engine.internal.batches;

import io.forebay.Rejection;
import java.util.Comparator;

/** A rejection on its way to dead letter, with its place in the order of its batch. */
public record Rejected(int partition, long sequence, Rejection rejection) {
  private static final int UNKNOWN = -1;

  /** The same order in every run, wherever in the pipeline the records were rejected. */
  public static final Comparator<Rejected> ORDER =
      Comparator.comparingInt(Rejected::partition).thenComparingLong(Rejected::sequence);

  /** Of a record that was delivered before, maybe in another run. */
  public static Rejected late(Rejection rejection) {
    return new Rejected(UNKNOWN, rejection.sequence(), rejection);
  }

  /** Whether what the outputs had when they were opened says nothing about it. */
  public boolean isLate() {
    return partition == UNKNOWN;
  }
}
