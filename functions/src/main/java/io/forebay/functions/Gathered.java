package io.forebay.functions;

import io.forebay.functions.internal.sketches.DistinctSketch;
import io.forebay.functions.internal.sketches.QuantileSketch;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Statistics} keeps of the values of a key and a window.
 *
 * @param quantiles null if no percentile is asked for
 * @param distinct null if it is not asked how many different values there are
 */
record Gathered(
    Moments moments, @Nullable QuantileSketch quantiles, @Nullable DistinctSketch distinct) {

  void merge(Gathered other) {
    moments.merge(other.moments);
    if (quantiles != null && other.quantiles != null) {
      quantiles.merge(other.quantiles);
    }
    if (distinct != null && other.distinct != null) {
      distinct.merge(other.distinct);
    }
  }

  /** How many different values there are. */
  long different() {
    return Objects.requireNonNull(distinct).estimate();
  }

  /** Of at least one value; without rounding but at the end. */
  double at(Asked.Percentile percentile) {
    QuantileSketch of = Objects.requireNonNull(quantiles);
    long steps = Math.multiplyExact(moments.count - 1, percentile.part());
    long below = steps / percentile.whole();
    long beyond = steps % percentile.whole();
    double lower = of.at(below, moments.min, moments.max);
    if (beyond == 0) {
      return lower;
    }
    double upper = of.at(below + 1, moments.min, moments.max);
    Ratio way = Ratio.of(beyond).over(Ratio.of(percentile.whole()));
    return Ratio.of(lower).plus(Ratio.of(upper).minus(Ratio.of(lower)).times(way)).toDouble();
  }

  void write(DataOutput out) throws IOException {
    moments.write(out);
    if (quantiles != null) {
      quantiles.write(out);
    }
    if (distinct != null) {
      distinct.write(out);
    }
  }
}
