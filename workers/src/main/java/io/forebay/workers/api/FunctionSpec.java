package io.forebay.workers.api;

import java.util.Map;

/**
 * Names a function: {@code com.acme.Features}, {@code python:features.processRecordBatch}, {@code
 * python:features.columnwise@columns}.
 *
 * @param reference a class name; other languages have a prefix
 * @param parameters passed to the constructor, if it takes a {@code Map<String, String>}; to a
 *     Python function as keyword arguments
 * @param python for Python functions only
 * @param environment variables that its worker processes have besides those that all have
 */
public record FunctionSpec(
    String reference,
    Map<String, String> parameters,
    PythonSettings python,
    Map<String, String> environment) {
  private static final String PYTHON = "python:";

  public FunctionSpec {
    parameters = Map.copyOf(parameters);
    environment = Map.copyOf(environment);
  }

  /** A function whose workers have the environment that all have. */
  public FunctionSpec(String reference, Map<String, String> parameters, PythonSettings python) {
    this(reference, parameters, python, Map.of());
  }

  /** A function with the default settings of its language. */
  public FunctionSpec(String reference, Map<String, String> parameters) {
    this(reference, parameters, PythonSettings.DEFAULT);
  }

  /** A function without parameters. */
  public static FunctionSpec of(String reference) {
    return new FunctionSpec(reference, Map.of());
  }

  /** Whether it is a Python function, which runs in worker processes only. */
  public boolean isPython() {
    return reference.startsWith(PYTHON);
  }

  /** The function's name without prefix and without the form of its argument. */
  public String shortName() {
    int end = reference.indexOf('@');
    String name = end < 0 ? reference : reference.substring(0, end);
    return isPython() ? name.substring(PYTHON.length()) : reference;
  }
}
