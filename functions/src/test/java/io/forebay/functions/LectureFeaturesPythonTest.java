package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.forebay.Batch;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionResult;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Python's result is the truth: the lecture's function runs there on the same values. */
class LectureFeaturesPythonTest {
  private static final long SEED = Seed.of(20_251_124);
  private static final int COUNT = 200_000;

  /** Beyond it 4 decimals cut nothing off. */
  private static final double UNCUT = 0x1p53 / 1e4;

  private static final String PYTHON =
      """
      import array, math, sys
      values, out = array.array('d', open(sys.argv[1], 'rb').read()), array.array('d')
      def process(value):
          normalized = (value - 20.0) / 60.0
          rollingFeature = math.sqrt(abs(normalized)) * math.log(abs(value) + 1)
          return round(normalized, 4), round(rollingFeature, 4)
      for value in values:
          out.extend(process(value))
      out.tofile(open(sys.argv[2], 'wb'))
      """;

  @TempDir Path folder;

  @Test
  void equals_python_bit_for_bit_when_values_are_those_of_sensors() throws Exception {
    assertSame("two decimals", random -> random.nextInt(-5_000, 15_000) / 100.0);
    assertSame("uniform", random -> random.nextDouble(-1000, 1000));
    assertSame("integers", random -> random.nextInt(-1_000_000, 1_000_000));
    assertSame("tiny", random -> Math.scalb(random.nextDouble(-1, 1), -random.nextInt(1074)));
    assertSame("near 20", random -> 20 + Math.scalb(random.nextDouble(-1, 1), -random.nextInt(50)));
  }

  @Test
  void differs_from_python_by_at_most_2_ulp_when_magnitudes_are_huge() throws Exception {
    double[] values =
        values(random -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(20, 1024)));
    double[] expected = python(values);
    Batch actual = features(values);

    double largest = 0;
    int different = 0;
    for (int i = 0; i < COUNT; i++) {
      assertBits("huge", values[i], actual.float64("normalized").get(i), expected[2 * i]);
      double feature = actual.float64("feature").get(i);
      double truth = expected[2 * i + 1];
      if (feature != truth) {
        different++;
        double steps = Math.abs(truth) < UNCUT ? 1e-4 : Math.ulp(truth);
        largest = Math.max(largest, Math.abs(feature - truth) / steps);
      }
    }
    System.out.printf(
        "huge values: %d of %d features differ from Python's, by at most %.2f ulp%n",
        different, COUNT, largest);
    assertThat(largest).isLessThanOrEqualTo(2);
    assertThat(different).isLessThan(COUNT / 1000);
  }

  private void assertSame(String kind, ToDoubleFunction<SplittableRandom> kindOfValue)
      throws Exception {
    double[] values = values(kindOfValue);
    double[] expected = python(values);
    Batch actual = features(values);
    for (int i = 0; i < COUNT; i++) {
      assertBits(kind, values[i], actual.float64("normalized").get(i), expected[2 * i]);
      assertBits(kind, values[i], actual.float64("feature").get(i), expected[2 * i + 1]);
    }
  }

  private static double[] values(ToDoubleFunction<SplittableRandom> kindOfValue) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] values = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = kindOfValue.applyAsDouble(random);
    }
    return values;
  }

  private static Batch features(double[] values) throws Exception {
    FunctionResult result = Batches.apply(new LectureFeatures(), Batches.of("value", values));
    assertThat(result.rejected()).isEmpty();
    return result.batch();
  }

  private static void assertBits(String kind, double value, double actual, double expected) {
    if (Double.doubleToRawLongBits(actual) != Double.doubleToRawLongBits(expected)) {
      throw new AssertionError(
          "%s, seed %d: of %s Java makes %s, Python %s"
              .formatted(kind, SEED, value, actual, expected));
    }
  }

  /** Normalized and feature of each value in turn. */
  private double[] python(double[] values) throws IOException, InterruptedException {
    Path in = folder.resolve("in");
    Path out = folder.resolve("out");
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.nativeOrder());
    bytes.asDoubleBuffer().put(values);
    Files.write(in, bytes.array());
    Process process;
    try {
      process =
          new ProcessBuilder("python3", "-c", PYTHON, in.toString(), out.toString())
              .inheritIO()
              .start();
    } catch (IOException e) {
      return abort("there is no python3 to compare with: " + e.getMessage());
    }
    assertThat(process.waitFor()).isZero();
    double[] results = new double[2 * values.length];
    ByteBuffer.wrap(Files.readAllBytes(out))
        .order(ByteOrder.nativeOrder())
        .asDoubleBuffer()
        .get(results);
    return results;
  }
}
