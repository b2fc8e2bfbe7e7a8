package io.forebay.functions.spectra;

import io.forebay.parameters.DecimalText;
import io.forebay.parameters.ParameterType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Bands of frequencies, each with the name of its column. */
record NamedBands() implements ParameterType<List<NamedBands.Band>> {
  private static final int MOST = 64;

  /** From one frequency up to, but without, another one. */
  record Band(String name, double from, double to) {}

  @Override
  public String noun() {
    return "1 to 64 bands name = from .. to in Hz, with commas between them: \"low = 10 .. 100,"
        + " high = 100 .. 1000\"";
  }

  @Override
  public List<Band> parse(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length > MOST) {
      throw new IllegalArgumentException("which has " + parts.length + " bands");
    }
    List<Band> bands = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String part : parts) {
      Band band = band(part.strip());
      if (!names.add(band.name)) {
        throw new IllegalArgumentException("in which '" + band.name + "' stands twice");
      }
      bands.add(band);
    }
    return List.copyOf(bands);
  }

  private static Band band(String part) {
    String[] sides = part.split("=", -1);
    String[] ends = sides[sides.length - 1].split("\\.\\.", -1);
    String name = sides[0].strip();
    if (sides.length != 2 || ends.length != 2 || !name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException("of which '" + part + "' is no band");
    }
    double from;
    double to;
    try {
      from = DecimalText.parse(ends[0].strip());
      to = DecimalText.parse(ends[1].strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("of which '" + part + "' is no band", e);
    }
    if (!(from >= 0 && from < to)) {
      throw new IllegalArgumentException("of which '" + part + "' is empty or below 0 Hz");
    }
    return new Band(name, from, to);
  }
}
