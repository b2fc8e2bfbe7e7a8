package io.forebay.workers;

import java.util.Map;

/**
 * Names a function: {@code com.acme.Features}.
 *
 * @param reference a class name; other languages have a prefix
 * @param parameters passed to the constructor, if it takes a {@code Map<String, String>}
 */
public record FunctionSpec(String reference, Map<String, String> parameters) {
  public FunctionSpec {
    parameters = Map.copyOf(parameters);
  }

  /** A function without parameters. */
  public static FunctionSpec of(String reference) {
    return new FunctionSpec(reference, Map.of());
  }
}
