package io.forebay.engine;

import io.forebay.Rejection;
import java.util.Comparator;

/** A rejection on its way to dead letter, with its place in the order of its batch. */
record Rejected(int partition, long sequence, Rejection rejection) {
  /** The same order in every run, wherever in the pipeline the records were rejected. */
  static final Comparator<Rejected> ORDER =
      Comparator.comparingInt(Rejected::partition).thenComparingLong(Rejected::sequence);
}
