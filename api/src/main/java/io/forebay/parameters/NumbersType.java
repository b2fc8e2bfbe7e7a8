package io.forebay.parameters;

import java.util.ArrayList;
import java.util.List;

/** Finite numbers with commas between them. */
record NumbersType(int least, int most) implements ParameterType<List<Double>> {
  @Override
  public String noun() {
    return least + " to " + most + " numbers with commas between them";
  }

  @Override
  public List<Double> parse(String text) {
    List<Double> numbers = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      numbers.add(DecimalText.parse(part.strip()));
    }
    if (numbers.size() < least || numbers.size() > most) {
      throw new IllegalArgumentException("which are " + numbers.size() + " numbers");
    }
    return List.copyOf(numbers);
  }
}
