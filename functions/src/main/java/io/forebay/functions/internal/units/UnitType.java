package io.forebay.functions.internal.units;

import io.forebay.parameters.ParameterType;
import systems.uom.ucum.format.UCUMFormat;
import systems.uom.ucum.internal.format.TokenMgrError;

/** Reads the code of a unit. */
public final class UnitType implements ParameterType<UnitCode> {
  @Override
  public String noun() {
    return "a unit in UCUM, such as Cel, [degF], K, bar, kPa, [psi], m/s, mm/s2 or kW.h";
  }

  @Override
  public UnitCode parse(String text) {
    try {
      return new UnitCode(
          text, UCUMFormat.getInstance(UCUMFormat.Variant.CASE_SENSITIVE).parse(text));
    } catch (RuntimeException | TokenMgrError e) { // The parser throws what comes.
      throw new IllegalArgumentException(null, e);
    }
  }
}
