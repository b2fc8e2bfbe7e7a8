package io.forebay.parameters;

/** Finite numbers within a range. */
record NumberType(Range range) implements ParameterType<Double> {
  @Override
  public String noun() {
    return "a number" + range.words();
  }

  @Override
  public Double parse(String text) {
    double number = DecimalText.parse(text);
    if (!range.contains(number)) {
      throw new IllegalArgumentException();
    }
    return number;
  }
}
