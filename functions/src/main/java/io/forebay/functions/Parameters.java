package io.forebay.functions;

import io.forebay.errors.ConfigurationException;
import java.util.Map;

/** Reads the parameters of a function. */
final class Parameters {
  private Parameters() {}

  /** A number of milliseconds, 0 to 60,000. */
  static long millis(Map<String, String> parameters, String name, long byDefault) {
    String text = parameters.get(name);
    if (text == null) {
      return byDefault;
    }
    if (!text.matches("[0-9]{1,5}") || Long.parseLong(text) > 60_000) {
      throw new ConfigurationException(
          "the parameter " + name + " is '" + text + "': write milliseconds, 0 to 60000");
    }
    return Long.parseLong(text);
  }
}
