package io.forebay.functions.onnx;

import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.ParameterType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which columns belong to which of a model's inputs or outputs, as a parameter says it: {@code x =
 * temperature, pressure; state = phase}.
 *
 * @param parameter the parameter's name, for messages
 * @param columns by the model's name
 */
record TensorColumns(String parameter, Map<String, List<String>> columns) {
  /** How the parameter is read. */
  record Type(String parameter) implements ParameterType<TensorColumns> {
    @Override
    public String noun() {
      return "names of the model with columns: \"x = temperature, pressure; y = speed\"";
    }

    @Override
    public TensorColumns parse(String text) {
      return TensorColumns.of(parameter, text);
    }
  }

  /** What the parameter says where it is not given. */
  static TensorColumns none(String parameter) {
    return new TensorColumns(parameter, Map.of());
  }

  private static TensorColumns of(String parameter, String text) {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    for (String part : text.isBlank() ? new String[0] : text.split(";", -1)) {
      int equals = part.indexOf('=');
      List<String> names = new ArrayList<>();
      for (String name : part.substring(equals + 1).split(",", -1)) {
        names.add(name.strip());
      }
      String tensor = part.substring(0, Math.max(0, equals)).strip();
      if (tensor.isEmpty() || names.contains("")) {
        throw new ConfigurationException(
            "the parameter %s has '%s', which is not understood: write it as %s: \"x = temperature, pressure; y = speed\", the model's names on the left and columns on the right"
                .formatted(parameter, part.strip(), parameter));
      }
      if (columns.put(tensor, List.copyOf(names)) != null) {
        throw new ConfigurationException(
            "the parameter %s names '%s' twice".formatted(parameter, tensor));
      }
    }
    return new TensorColumns(parameter, columns);
  }

  boolean isGiven() {
    return !columns.isEmpty();
  }

  Optional<List<String>> of(String tensor) {
    return Optional.ofNullable(columns.get(tensor));
  }

  /**
   * Refuses names that the model does not have.
   *
   * @param model how messages name the model
   */
  void check(String model, Iterable<String> known) {
    List<String> names = new ArrayList<>();
    known.forEach(names::add);
    for (String each : columns.keySet()) {
      if (!names.contains(each)) {
        throw new ConfigurationException(
            "the parameter %s names '%s', which %s does not have: it has %s"
                .formatted(parameter, each, model, String.join(", ", names)));
      }
    }
  }
}
