package io.forebay.parameters;

/** Whole numbers within a range, ends included. */
record WholeType(long least, long most) implements ParameterType<Long> {
  @Override
  public String noun() {
    return least == Long.MIN_VALUE && most == Long.MAX_VALUE
        ? "a whole number"
        : "a whole number from " + least + " to " + most;
  }

  @Override
  public Long parse(String text) {
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(null, e);
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException();
    }
    return number;
  }
}
