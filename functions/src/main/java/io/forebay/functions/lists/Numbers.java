package io.forebay.functions.lists;

/**
 * What there is of a list without its NaNs.
 *
 * @param about the mean, as a double can have it
 * @param lost what that is short of the mean
 * @param squares the sum of the squared distances from the mean
 */
record Numbers(int count, double about, double lost, double squares) {
  /** Of the samples from one place up to, but without, another. */
  static Numbers of(double[] samples, int from, int to) {
    int count = 0;
    double sum = 0;
    for (int i = from; i < to; i++) {
      if (!Double.isNaN(samples[i])) {
        sum += samples[i];
        count++;
      }
    }
    double about = sum / count;
    double rest = 0;
    double squares = 0;
    for (int i = from; i < to; i++) {
      if (!Double.isNaN(samples[i])) {
        double distance = samples[i] - about;
        rest += distance;
        squares += distance * distance;
      }
    }
    // So that a small spread on a large offset keeps its digits.
    double lost = rest / count;
    return new Numbers(count, about, lost, Math.max(0, squares - rest * lost));
  }

  /** How far a sample is from the mean. */
  double distance(double sample) {
    return sample - about - lost;
  }
}
