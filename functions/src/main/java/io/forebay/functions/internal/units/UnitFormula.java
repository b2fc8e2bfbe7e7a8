package io.forebay.functions.internal.units;

import io.forebay.errors.ConfigurationException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import javax.measure.IncommensurableException;
import javax.measure.UnconvertibleException;
import javax.measure.UnitConverter;
import tech.units.indriya.function.AddConverter;
import tech.units.indriya.function.MultiplyConverter;
import tech.units.indriya.function.RationalNumber;

/** How a number in one unit becomes one in another. */
public interface UnitFormula {
  /** The number in the other unit. */
  double of(double x);

  /**
   * The formula.
   *
   * @throws ConfigurationException if the units are not of one quantity
   */
  static UnitFormula between(UnitCode from, UnitCode to) {
    UnitConverter converter;
    try {
      converter = from.unit().getConverterToAny(to.unit());
    } catch (IncommensurableException | UnconvertibleException e) {
      throw new ConfigurationException(
          "'%s' cannot become '%s': give units of one quantity with the parameters from and to"
              .formatted(from.text(), to.text()),
          e);
    }
    List<? extends UnitConverter> steps = converter.getConversionSteps();
    boolean straight =
        steps.stream()
            .allMatch(each ->
                each.isIdentity()
                    || each instanceof AddConverter
                    || each instanceof MultiplyConverter);
    return straight ? Line.along(steps) : converter::convert; // decibels are no line
  }

  /** A whole number divided by another. */
  record Fraction(BigInteger over, BigInteger under) {
    Fraction plus(Fraction other) {
      return new Fraction(
          over.multiply(other.under).add(other.over.multiply(under)), under.multiply(other.under));
    }

    Fraction times(Fraction other) {
      return new Fraction(over.multiply(other.over), under.multiply(other.under));
    }

    static Fraction of(Number number) {
      if (number instanceof RationalNumber rational) {
        return new Fraction(rational.getDividend(), rational.getDivisor());
      }
      // Of a double the decimal that was meant: 273.15.
      BigDecimal decimal = new BigDecimal(number.toString());
      return decimal.scale() <= 0
          ? new Fraction(decimal.toBigIntegerExact(), BigInteger.ONE)
          : new Fraction(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()));
    }
  }

  /**
   * {@code (p·x + r) / q}, each of the three a whole number that a double holds, or the nearest.
   */
  record Line(double p, double r, double q) implements UnitFormula {
    private static final BigInteger LARGEST = BigInteger.TWO.pow(53);

    static Line along(List<? extends UnitConverter> steps) {
      Fraction factor = Fraction.of(1);
      Fraction sum = Fraction.of(0);
      for (UnitConverter each : steps.reversed()) { // The last one is the first that is done.
        if (each instanceof AddConverter) {
          sum = sum.plus(Fraction.of(each.convert((Number) 0)));
        } else if (!each.isIdentity()) {
          Fraction by = Fraction.of(each.convert((Number) 1));
          factor = factor.times(by);
          sum = sum.times(by);
        }
      }
      BigInteger p = factor.over.multiply(sum.under);
      BigInteger r = sum.over.multiply(factor.under);
      BigInteger q = factor.under.multiply(sum.under);
      BigInteger common = q.gcd(r).gcd(p);
      p = p.divide(common);
      r = r.divide(common);
      q = q.divide(common);
      if (p.abs().max(r.abs()).max(q.abs()).compareTo(LARGEST) <= 0) {
        return new Line(p.doubleValue(), r.doubleValue(), q.doubleValue());
      }
      return new Line(quotient(p, q), quotient(r, q), 1);
    }

    private static double quotient(BigInteger over, BigInteger under) {
      return new BigDecimal(over)
          .divide(new BigDecimal(under), MathContext.DECIMAL128)
          .doubleValue();
    }

    @Override
    public double of(double x) {
      return Math.fma(p, x, r) / q;
    }
  }
}
