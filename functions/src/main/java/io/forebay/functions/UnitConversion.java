package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.functions.internal.units.UnitCode;
import io.forebay.functions.internal.units.UnitFormula;
import io.forebay.functions.internal.units.UnitType;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.Map;

/**
 * Another unit for the same quantity. Units are written in <a
 * href="https://ucum.org/ucum">UCUM</a>, the code of units that machines exchange: {@code Cel},
 * {@code [degF]}, {@code K}, {@code bar}, {@code kPa}, {@code [psi]}, {@code m/s}, {@code km/h},
 * {@code mm/s2}, {@code kW.h}. Units of different quantities are refused at the start.
 *
 * <p>The factor and the offset come from <a href="https://unitsofmeasurement.github.io/indriya/">
 * Indriya</a> as exact fractions, so that {@code converted = (p·x + r) / q} with whole {@code p},
 * {@code q}, {@code r}: 212 [degF] are 100 Cel, not 100.00000000000001. Each result is at most 1
 * unit in the last place from the truth where there is no offset. Missing values: see {@code
 * missing}.
 */
public final class UnitConversion implements BatchFunction {
  private static final Parameter<UnitCode> FROM =
      Parameter.of("from", "The unit of the values.", new UnitType());
  private static final Parameter<UnitCode> TO =
      Parameter.of("to", "The unit of the results.", new UnitType());
  private static final Parameter<String> AS = NumberFunction.as("converted");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Another unit for the same quantity.",
              NumberFunction.COLUMN,
              FROM,
              TO,
              AS,
              NumberFunction.MISSING)
          .formula("converted = (p * x + r) / q, with the exact fractions of the units")
          .reads("column: any number")
          .adds("as: float64")
          .example(
              "{ name: celsius, cpu: io.forebay.functions.UnitConversion, parameters: { from:"
                  + " \"[degF]\", to: Cel, as: celsius } }");

  private final NumberFunction function;

  /** Reads the parameters. */
  public UnitConversion(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(UnitConversion.class, parameters);
    UnitFormula formula = UnitFormula.between(values.get(FROM), values.get(TO));
    this.function = new NumberFunction(values, AS, formula::of);
  }

  @Override
  public Schema outputs(Schema input) {
    return function.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    function.apply(in, out);
  }
}
