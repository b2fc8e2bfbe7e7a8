package io.forebay.parameters;

import io.forebay.errors.ConfigurationException;
import io.forebay.internal.text.Nearest;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a function says of itself: read by {@code forebay functions} and by the manual, and what
 * reads its parameters. A class that has one in a static field {@code DESCRIPTION} is described:
 *
 * <pre>{@code
 * public static final FunctionDescription DESCRIPTION =
 *     FunctionDescription.of("Scales a number.", COLUMN, FACTOR)
 *         .formula("scaled = factor · x")
 *         .reads("`column`: a number")
 *         .adds("scaled: float64")
 *         .example("{ name: scale, cpu: com.acme.Scale, parameters: { factor: 2 } }");
 *
 * public Scale(Map<String, String> parameters) {
 *   ParameterValues values = DESCRIPTION.read(Scale.class, parameters);
 *   this.factor = values.get(FACTOR);
 * }
 * }</pre>
 *
 * @param summary what it does, in a sentence
 * @param parameters in the order in which they are shown
 * @param formula what it computes; empty where there is no formula
 * @param reads the columns that it needs
 * @param adds the columns that it adds or replaces
 * @param example a stage of a pipeline file, in one line
 */
public record FunctionDescription(
    String summary,
    List<Parameter<?>> parameters,
    String formula,
    String reads,
    String adds,
    String example) {
  /** The name of the static field in which a class has its own. */
  public static final String FIELD = "DESCRIPTION";

  public FunctionDescription {
    parameters = List.copyOf(parameters);
  }

  /** What it does, and what it takes. */
  public static FunctionDescription of(String summary, Parameter<?>... parameters) {
    return new FunctionDescription(summary, List.of(parameters), "", "", "", "");
  }

  /** With what it computes. */
  public FunctionDescription formula(String text) {
    return new FunctionDescription(summary, parameters, text, reads, adds, example);
  }

  /** With the columns that it needs. */
  public FunctionDescription reads(String text) {
    return new FunctionDescription(summary, parameters, formula, text, adds, example);
  }

  /** With the columns that it adds or replaces. */
  public FunctionDescription adds(String text) {
    return new FunctionDescription(summary, parameters, formula, reads, text, example);
  }

  /** With a stage of a pipeline file. */
  public FunctionDescription example(String text) {
    return new FunctionDescription(summary, parameters, formula, reads, adds, text);
  }

  /** The description of a class, if it has one. */
  public static Optional<FunctionDescription> of(Class<?> function) {
    try {
      Field field = function.getField(FIELD);
      return field.getType() == FunctionDescription.class && Modifier.isStatic(field.getModifiers())
          ? Optional.of((FunctionDescription) field.get(null))
          : Optional.empty();
    } catch (NoSuchFieldException | IllegalAccessException e) {
      return Optional.empty();
    }
  }

  /**
   * The parameters that a function was given, each checked.
   *
   * @throws ConfigurationException in one sentence: what is allowed, and which name may be meant
   */
  public ParameterValues read(Class<?> function, Map<String, String> given) {
    if (!given.isEmpty()) { // Most functions are given none, and a starting worker is in a hurry.
      refuseUnknown(function, given);
    }
    return new ParameterValues(function.getSimpleName(), parameters, given);
  }

  private void refuseUnknown(Class<?> function, Map<String, String> given) {
    List<String> names = parameters.stream().map(Parameter::name).toList();
    for (String name : given.keySet().stream().sorted().toList()) {
      if (!names.contains(name)) {
        throw new ConfigurationException(
            function.getSimpleName()
                + " has no parameter '"
                + name
                + "': "
                + known(names)
                + Nearest.to(name, names)
                    .filter(nearest -> names.size() > 1)
                    .map(nearest -> "; did you mean '" + nearest + "'?")
                    .orElse(""));
      }
    }
  }

  private static String known(List<String> names) {
    return switch (names.size()) {
      case 0 -> "it has none";
      case 1 -> "its only parameter is '" + names.getFirst() + "'";
      default -> "it has " + String.join(", ", names);
    };
  }
}
