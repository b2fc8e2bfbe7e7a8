package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.testkit.Seed;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalRoundingTest {
  private static final long SEED = Seed.of(20_251_123);
  private static final int DECIMALS = 4;

  /** The reference: the exact binary value, half to even, the sign of zero kept. */
  private static double reference(double x, int decimals) {
    double rounded = new BigDecimal(x).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
    return rounded == 0 ? Math.copySign(0.0, x) : rounded;
  }

  private static void check(double x, int decimals, String where) {
    double expected = reference(x, decimals);
    double actual = DecimalRounding.halfEven(x, decimals);
    if (Double.doubleToRawLongBits(actual) != Double.doubleToRawLongBits(expected)) {
      throw new AssertionError(
          "%s, seed %d: %s (%s) to %d decimals is %s, not %s"
              .formatted(where, SEED, x, Double.toHexString(x), decimals, expected, actual));
    }
  }

  private static void checkMany(
      String where, int count, int decimals, ToDoubleFunction<SplittableRandom> values) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < count; i++) {
      check(values.applyAsDouble(random), decimals, where);
    }
  }

  @Test
  void equals_the_reference_when_values_are_those_of_sensors() {
    checkMany("uniform", 4_000_000, DECIMALS, random -> random.nextDouble(-100, 1000));
  }

  @Test
  void equals_the_reference_when_values_are_decimals_with_a_five_behind_the_last_digit() {
    checkMany(
        "near ties",
        4_000_000,
        DECIMALS,
        random -> {
          double tie = (2 * random.nextLong(-50_000_000, 50_000_000) + 1) / 2e4;
          return switch (random.nextInt(3)) {
            case 0 -> tie;
            case 1 -> Math.nextUp(tie);
            default -> Math.nextDown(tie);
          };
        });
  }

  @Test
  void equals_the_reference_when_values_are_exact_ties() {
    // A tie at 4 decimals is an odd multiple of 1/20000 that is a double: k/32 with k odd.
    checkMany(
        "ties",
        1_000_000,
        DECIMALS,
        random -> (2 * random.nextLong(-(1L << 40), 1L << 40) + 1) / 32.0);
  }

  @Test
  void equals_the_reference_when_magnitudes_run_over_all_that_4_decimals_cut() {
    checkMany(
        "magnitudes",
        1_000_000,
        DECIMALS,
        random -> {
          double x = Math.scalb(random.nextDouble(1, 2), random.nextInt(-30, 50));
          return random.nextBoolean() ? x : -x;
        });
  }

  @Test
  void equals_the_reference_when_values_lie_around_the_border_to_large_ones() {
    checkMany(
        "border",
        500_000,
        DECIMALS,
        random -> {
          double border = Math.scalb(1.0, random.nextInt(51, 55)) / 1e4;
          double x = border + random.nextInt(-1000, 1000) * Math.ulp(border);
          return random.nextBoolean() ? x : -x;
        });
  }

  @Test
  void equals_the_reference_when_values_are_random_bits() {
    checkMany(
        "bits",
        300_000,
        DECIMALS,
        random -> {
          double x = Double.longBitsToDouble(random.nextLong());
          return Double.isFinite(x) ? x : 0.5;
        });
  }

  @Test
  void equals_the_reference_when_values_are_subnormal() {
    checkMany(
        "subnormal",
        20_000,
        DECIMALS,
        random -> Double.longBitsToDouble(random.nextLong() & 0x800f_ffff_ffff_ffffL));
  }

  @Test
  void equals_the_reference_when_decimals_vary() {
    for (int decimals = 0; decimals <= DecimalRounding.MAX_DECIMALS; decimals++) {
      double ulps = Math.pow(10, -decimals) / 2;
      checkMany(
          "decimals",
          20_000,
          decimals,
          random ->
              switch (random.nextInt(3)) {
                case 0 -> random.nextDouble(-100, 100);
                case 1 -> (2 * random.nextInt(-1000, 1000) + 1) * ulps;
                default -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(-80, 80));
              });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2.675, 2, 2.67",
    "0.125, 2, 0.12",
    "0.375, 2, 0.38",
    "0.5, 0, 0.0",
    "1.5, 0, 2.0",
    "2.5, 0, 2.0",
    "-0.5, 0, -0.0",
    "0.0, 4, 0.0",
    "-0.0, 4, -0.0",
    "-0.00001, 4, -0.0",
    "4.9e-324, 4, 0.0",
    "-4.9e-324, 4, -0.0",
    "1.00005, 4, 1.0001",
    "0.00015, 4, 0.0001",
    "0.03125, 4, 0.0312",
    "1e22, 22, 1e22",
    "1.7976931348623157e308, 4, 1.7976931348623157e308",
    "-1.7976931348623157e308, 22, -1.7976931348623157e308",
    "NaN, 4, NaN",
    "Infinity, 4, Infinity",
    "-Infinity, 4, -Infinity",
  })
  void rounds_as_python_does(double x, int decimals, double expected) {
    // As objects, so that NaN equals NaN and -0.0 does not equal 0.0.
    assertThat((Object) DecimalRounding.halfEven(x, decimals)).isEqualTo(expected);
  }

  @Test
  void refuses_when_decimals_are_out_of_range() {
    assertThatThrownBy(() -> DecimalRounding.halfEven(1, 23))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> DecimalRounding.halfEven(1, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
