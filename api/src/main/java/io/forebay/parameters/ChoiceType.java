package io.forebay.parameters;

import io.forebay.internal.text.Nearest;
import java.util.List;
import java.util.Optional;

/** One of a few words. */
record ChoiceType(List<String> words) implements ParameterType<String> {
  @Override
  public String noun() {
    int last = words.size() - 1;
    return last == 0
        ? words.getFirst()
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  @Override
  public String advice() {
    return "choose " + noun();
  }

  @Override
  public String parse(String text) {
    if (!words.contains(text)) {
      Optional<String> nearest = Nearest.to(text, words);
      throw new IllegalArgumentException(
          nearest.map(word -> "which is perhaps '" + word + "'").orElse(null));
    }
    return text;
  }
}
