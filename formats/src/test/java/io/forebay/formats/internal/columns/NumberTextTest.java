package io.forebay.formats.internal.columns;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.numbers.Decimal;
import io.forebay.testkit.Seed;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
  private static final int DOUBLES = Integer.getInteger("forebay.doubles", 3_000_000);
  private static final long SEED = Seed.of(20250102);

  private final byte[] buffer = new byte[64];

  private String of(double value) {
    return new String(buffer, 0, NumberText.put(buffer, 0, value), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "20, 20.0",
    "-20.5, -20.5",
    "0, 0.0",
    "-0.0, -0.0",
    "0.1, 0.1",
    "0.3333, 0.3333",
    "1e4, 10000.0",
    "1e10, 10000000000.0",
    "123456789012345680, 1.2345678901234568e+17",
    "1e15, 1000000000000000.0",
    "1e16, 1e+16",
    "9007199254740993, 9007199254740992.0",
    "1e-3, 0.001",
    "1e-4, 0.0001",
    "1e-5, 1e-05",
    "0.00012345, 0.00012345",
    "0.000012345, 1.2345e-05",
    "1e22, 1e+22",
    "1e23, 1e+23",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "4.9e-324, 4.9e-324",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "0.30000000000000004, 0.30000000000000004",
    "100.00000000000001, 100.00000000000001",
    "99999.99995, 99999.99995",
    "999999999999999.9, 999999999999999.9",
  })
  void writes_doubles_as_python_does_when_they_are_well_known(String value, String expected) {
    assertThat(of(Double.parseDouble(value))).isEqualTo(expected);
  }

  @Test
  void writes_the_digits_of_Double_toString_when_doubles_are_random() {
    SplittableRandom random = new SplittableRandom(SEED);
    StringBuilder java = new StringBuilder();
    for (int i = 0; i < DOUBLES; i++) {
      double value = random(random, i % 10);
      if (!Double.isFinite(value)) {
        continue;
      }
      int end = NumberText.put(buffer, 0, value);
      java.setLength(0);
      java.append(value);
      if (!sameNumber(java, buffer, end)) {
        assertThat(new String(buffer, 0, end, StandardCharsets.US_ASCII))
            .isEqualTo(java.toString());
      }
    }
  }

  /** Doubles with few decimals, near such, and of every other kind. */
  private static double random(SplittableRandom random, int kind) {
    return switch (kind) {
      case 0 -> Double.longBitsToDouble(random.nextLong());
      case 1 -> (random.nextDouble() - 0.5) * 200;
      case 2 -> Math.rint((random.nextDouble() - 0.5) * 2e6) / 1e4;
      case 3 -> Math.rint(random.nextDouble() * 1e9) / Math.pow(10, random.nextInt(12));
      case 4 -> Math.nextUp(Math.rint(random.nextDouble() * 1e8) / 1e4);
      case 5 -> Math.nextDown(random.nextInt(1_000_000) / 1e4);
      case 6 -> random.nextLong(-1L << 54, 1L << 54) / Math.pow(10, random.nextInt(20));
      case 7 -> (double) random.nextLong() * Math.pow(2, random.nextInt(60) - 30);
      case 8 -> random.nextLong(1_000_000_000_000_000L) * Math.pow(10, -random.nextInt(25));
      default -> random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
    };
  }

  /** Whether both texts have the same sign, digits and power of ten, in whatever layout. */
  private static boolean sameNumber(CharSequence java, byte[] ours, int end) {
    long theirs = digits(java);
    long mine = digits(new String(ours, 0, end, StandardCharsets.US_ASCII));
    return theirs == mine && (java.charAt(0) == '-') == (ours[0] == '-');
  }

  /** The digits, without zeros at either end, and where the point is, mixed into one number. */
  private static long digits(CharSequence text) {
    long digits = 0;
    int zeros = 0;
    int exponent = 0;
    boolean point = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        point = true;
      } else if (c == 'e' || c == 'E') {
        exponent +=
            Integer.parseInt(text, text.charAt(i + 1) == '+' ? i + 2 : i + 1, text.length(), 10);
        break;
      } else if (c != '-') {
        exponent -= point ? 1 : 0;
        if (c == '0') {
          zeros++;
        } else {
          for (; zeros > 0; zeros--) {
            digits *= 10;
          }
          digits = digits * 10 + c - '0';
        }
      }
    }
    return digits == 0 ? 0 : digits * 2003 + exponent + zeros;
  }

  @Test
  void reads_back_to_the_same_double_when_doubles_are_random() throws BadRecord {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    Decimal decimal = new Decimal();
    for (int i = 0; i < DOUBLES / 5; i++) {
      double value = random(random, i % 10);
      if (!Double.isFinite(value)) {
        continue;
      }
      int end = NumberText.put(buffer, 0, value);
      buffer[end] = '\n';
      int read = decimal.scan(buffer, 0);
      double back = decimal.toDouble(buffer);
      if (read != end || Double.doubleToRawLongBits(back) != Double.doubleToRawLongBits(value)) {
        assertThat(back).isEqualTo(value);
      }
    }
  }

  @Test
  void writes_longs_when_they_have_any_number_of_digits() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_000_000; i++) {
      long value = i == 0 ? Long.MIN_VALUE : i == 1 ? 0 : random.nextLong() >> random.nextInt(64);
      String ours =
          new String(buffer, 0, NumberText.put(buffer, 0, value), StandardCharsets.US_ASCII);
      if (!ours.equals(Long.toString(value))) {
        assertThat(ours).isEqualTo(Long.toString(value));
      }
    }
  }

  @Test
  void writes_the_digits_of_Float_toString_when_floats_are_random() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_000_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(value)) {
        String ours =
            new String(buffer, 0, NumberText.put(buffer, 0, value), StandardCharsets.US_ASCII);
        assertThat(digits(ours)).as(ours).isEqualTo(digits(Float.toString(value)));
        assertThat(Float.floatToRawIntBits(Float.parseFloat(ours)))
            .isEqualTo(Float.floatToRawIntBits(value));
      }
    }
  }

  @Test
  void means_the_same_decimal_as_BigDecimal_when_laid_out() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      double value = random(random, i % 10);
      if (Double.isFinite(value)) {
        assertThat(new BigDecimal(of(value))).isEqualByComparingTo(Double.toString(value));
      }
    }
  }
}
