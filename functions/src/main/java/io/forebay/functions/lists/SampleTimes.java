package io.forebay.functions.lists;

import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;

/** The list of when each sample was taken. */
final class SampleTimes {
  static final Parameter<String> TIMESTAMPS =
      Parameter.column("timestamps", "The lists of when each sample was taken, ascending.")
          .byDefault("seconds");
  static final Parameter<String> UNIT =
      Parameter.choice("unit", "The unit of the timestamps.", "s", "ms", "us", "ns").byDefault("s");

  private SampleTimes() {}

  /** How many units a second has. */
  static double unitsPerSecond(ParameterValues values) {
    return switch (values.get(UNIT)) {
      case "s" -> 1;
      case "ms" -> 1e3;
      case "us" -> 1e6;
      default -> 1e9;
    };
  }

  /** Asks for timestamps that do not go back; they may repeat. */
  static void ascending(double[] timestamps) throws NoResultException {
    for (int i = 1; i < timestamps.length; i++) {
      if (timestamps[i] < timestamps[i - 1]) {
        throw new NoResultException(
            "goes back at sample " + (i + 1) + ", but timestamps have to ascend: sort the samples");
      }
    }
  }
}
