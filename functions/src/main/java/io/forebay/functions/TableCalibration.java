package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterType;
import io.forebay.parameters.ParameterValues;
import java.util.Arrays;
import java.util.Map;

/**
 * Calibration with a table of points, on straight lines between them: for {@code x0 ≤ x ≤ x1},
 * {@code calibrated = y0 + (y1 − y0) · (x − x0) / (x1 − x0)}. At a point it is exactly the point's
 * value. Beyond the first and the last point the record is refused ({@code outside: reject}), or
 * gets the value of that point ({@code hold}), or a value on the outermost line prolonged ({@code
 * extend}). A refused value, as a missing one, is treated as {@code missing} says.
 */
public final class TableCalibration implements BatchFunction {
  private static final Parameter<Points> POINTS =
      Parameter.of("points", "The table: raw = true, the raw values ascending.", new PointsType());
  private static final Parameter<String> OUTSIDE =
      Parameter.choice(
              "outside",
              "What holds beyond the first and the last point: no result (reject), the point's"
                  + " value (hold), or the outermost line (extend).",
              "reject",
              "hold",
              "extend")
          .byDefault("reject");
  private static final Parameter<String> AS = NumberFunction.as("calibrated");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Calibration with a table of points, on straight lines between them.",
              NumberFunction.COLUMN,
              POINTS,
              OUTSIDE,
              AS,
              NumberFunction.MISSING)
          .formula("calibrated = y0 + (y1 - y0) * (x - x0) / (x1 - x0), for x0 <= x <= x1")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: calibrate, cpu: io.forebay.functions.TableCalibration, parameters: { points:"
                  + " \"4 = 0, 12 = 49.8, 20 = 100\", outside: hold } }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public TableCalibration(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(TableCalibration.class, parameters);
    this.function =
        new NumberFunction(values, AS, new Table(values.get(POINTS), values.get(OUTSIDE)));
  }

  @Override
  public Schema outputs(Schema input) {
    return function.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    function.apply(in, out);
  }

  /** Two points or more. */
  private static final class Points {
    private final double[] raw;
    private final double[] real;

    private Points(double[] raw, double[] real) {
      this.raw = raw;
      this.real = real;
    }
  }

  private static final class PointsType implements ParameterType<Points> {
    private static final int MOST = 10_000;

    @Override
    public String noun() {
      return "2 to 10000 points raw = true with commas between them, the raw values ascending:"
          + " \"4 = 0, 20 = 100\"";
    }

    @Override
    public Points parse(String text) {
      String[] parts = text.split(",", -1);
      if (parts.length < 2 || parts.length > MOST) {
        throw new IllegalArgumentException("which has " + parts.length + " point(s)");
      }
      double[] raw = new double[parts.length];
      double[] real = new double[parts.length];
      for (int i = 0; i < parts.length; i++) {
        String[] sides = parts[i].split("=", -1);
        if (sides.length != 2) {
          throw new IllegalArgumentException("of which '" + parts[i].strip() + "' is no point");
        }
        raw[i] = DecimalText.parse(sides[0].strip()) + 0.0; // -0.0 is 0.0
        real[i] = DecimalText.parse(sides[1].strip());
        if (i > 0 && !(raw[i] > raw[i - 1])) {
          throw new IllegalArgumentException(
              "in which the raw value " + sides[0].strip() + " is not above the one before it");
        }
      }
      return new Points(raw, real);
    }
  }

  private record Table(Points points, String outside) implements NumberFunction.Formula {
    @Override
    public double of(double x) {
      double[] raw = points.raw;
      double[] real = points.real;
      int last = raw.length - 1;
      int at = Arrays.binarySearch(raw, x + 0.0);
      if (at >= 0) {
        return real[at];
      }
      int above = -at - 1;
      if (above == 0 || above > last) {
        if (outside.equals("hold")) {
          return above == 0 ? real[0] : real[last];
        }
        if (outside.equals("reject")) {
          return Double.NaN;
        }
      }
      int upper = Math.clamp(above, 1, last);
      double x0 = raw[upper - 1];
      double y0 = real[upper - 1];
      return y0 + (real[upper] - y0) * ((x - x0) / (raw[upper] - x0));
    }

    @Override
    public String refusal(double x) {
      double[] raw = points.raw;
      double first = raw[0];
      double last = raw[raw.length - 1];
      return x < first || x > last
          ? "which is outside of the table ("
              + DecimalText.of(first)
              + " to "
              + DecimalText.of(last)
              + ")"
          : NumberFunction.Formula.super.refusal(x);
    }
  }
}
