package io.forebay.parameters;

/** Texts that are not blank. */
record TextType(String noun) implements ParameterType<String> {
  @Override
  public String parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException();
    }
    return text;
  }
}
