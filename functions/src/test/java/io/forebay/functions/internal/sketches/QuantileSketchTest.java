package io.forebay.functions.internal.sketches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class QuantileSketchTest {
  private final Random random = new Random(Seed.of(11));

  private static byte[] bytes(QuantileSketch sketch) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      sketch.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static QuantileSketch read(byte[] bytes) {
    try {
      return QuantileSketch.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static QuantileSketch of(double[] values) {
    QuantileSketch sketch = new QuantileSketch();
    for (double value : values) {
      sketch.add(value);
    }
    return sketch;
  }

  private double[] draw(int count, DoubleSupplier value) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> value.getAsDouble() + 0.0);
    return values;
  }

  private void shuffle(double[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      double value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }

  /** Merges parts of the values in the form of a tree, some of them written and read again. */
  private QuantileSketch inParts(double[] values, int from, int to) {
    if (to - from < 2 || random.nextInt(6) == 0) {
      return of(Arrays.copyOfRange(values, from, to));
    }
    int middle = from + random.nextInt(to - from);
    QuantileSketch one = inParts(values, from, middle);
    one.merge(inParts(values, middle, to));
    return random.nextBoolean() ? one : read(bytes(one));
  }

  private double anyDouble() {
    double value = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(value) ? value : 0;
  }

  @Test
  void holds_the_same_whatever_the_order_and_the_parts() {
    DoubleSupplier[] kinds = {
      random::nextGaussian,
      () -> 60 + random.nextGaussian(),
      () -> Math.exp(20 * random.nextGaussian()),
      () -> random.nextInt(-600, 600) / 10.0,
      this::anyDouble
    };
    for (int round = 0; round < 60; round++) {
      double[] values = draw(random.nextInt(1, 6_000), kinds[round % kinds.length]);
      byte[] whole = bytes(of(values));
      shuffle(values);
      assertThat(bytes(of(values))).isEqualTo(whole);
      assertThat(bytes(inParts(values, 0, values.length))).isEqualTo(whole);
      Arrays.sort(values);
      assertThat(bytes(of(values))).isEqualTo(whole);
    }
  }

  @Test
  void knows_each_value_while_few_are_different() {
    double[] values = draw(100_000, () -> random.nextInt(-512, 512) * 0.1);
    QuantileSketch sketch = of(values);
    Arrays.sort(values);
    for (int rank = 0; rank < values.length; rank += 997) {
      assertThat(sketch.at(rank, values[0], values[values.length - 1])).isEqualTo(values[rank]);
    }
  }

  private void staysWithin(double error, double[] values) {
    QuantileSketch sketch = of(values);
    Arrays.sort(values);
    for (int rank = 0; rank < values.length; rank += 101) {
      double value = values[rank];
      assertThat(sketch.at(rank, values[0], values[values.length - 1]))
          .isCloseTo(value, within(error * Math.abs(value)));
    }
  }

  @Test
  void is_as_close_as_it_says() {
    staysWithin(2 / 1024.0, draw(100_000, () -> 33 + 94 * random.nextDouble()));
    staysWithin(2 / 1024.0, draw(100_000, () -> -33 - 94 * random.nextDouble()));
    staysWithin(1 / 1024.0, draw(100_000, () -> 1e9 + random.nextDouble()));
    staysWithin(10 / 1024.0, draw(100_000, () -> Math.pow(2, 10 * random.nextDouble())));
    staysWithin(
        20 / 1024.0,
        draw(
            100_000,
            () -> {
              double value = Math.pow(2, 10 * random.nextDouble());
              return random.nextBoolean() ? value : -value;
            }));
  }

  @Test
  void stays_small_whatever_comes() {
    QuantileSketch sketch = of(draw(300_000, this::anyDouble));
    assertThat(bytes(sketch).length).isLessThan(16 * QuantileSketch.MOST);
    double least = -Double.MAX_VALUE;
    double value = sketch.at(299_999, least, Double.MAX_VALUE);
    assertThat(value).isFinite().isGreaterThan(1e300);
    assertThat(sketch.at(0, least, Double.MAX_VALUE)).isFinite().isLessThan(-1e300);
  }

  @Test
  void tells_no_value_beyond_the_least_and_the_greatest() {
    double[] values = draw(50_000, () -> Math.exp(9 * random.nextGaussian()));
    QuantileSketch sketch = of(values);
    Arrays.sort(values);
    double greatest = values[values.length - 1];
    assertThat(sketch.at(0, values[0], greatest)).isGreaterThanOrEqualTo(values[0]);
    assertThat(sketch.at(values.length - 1L, values[0], greatest)).isLessThanOrEqualTo(greatest);
  }
}
