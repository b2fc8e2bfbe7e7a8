package io.forebay.functions.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Inference: an <a href="https://onnx.ai">ONNX</a> model computed on every record, a whole batch in
 * one call of ONNX Runtime. Each worker has a session of its own, which computes on its one thread.
 *
 * <p>Parameters:
 *
 * <ul>
 *   <li>{@code model}: the file, from the folder in which Forebay was started
 *   <li>{@code inputs}: which columns each input of the model is made of, {@code x = temperature,
 *       pressure; state = phase}; an input that is not named takes the column of its own name. A
 *       list column fills an input with as many values a row
 *   <li>{@code outputs}: which columns each output of the model becomes, {@code probabilities =
 *       healthy, worn}; one column for several values is a list. Outputs that are not named are
 *       left out; without the parameter each output is a column of its own name
 *   <li>{@code missing}: {@code reject} (the default) sends records without a value that the model
 *       needs to dead letter, {@code nan} gives the model NaN in its place
 *   <li>{@code sha256}: what the file's SHA-256 has to be; another model is refused
 * </ul>
 *
 * <p>The first dimension of the model's inputs counts rows and has to be open; where it is 1, rows
 * are computed one by one. Values of a float32 input are rounded to float32. A model may compute a
 * row in another order, and so differ in the last bits, when there are other rows beside it: ONNX
 * Runtime chooses its kernels by the size of the batch.
 *
 * <p>A record at which the model fails goes to dead letter with what the runtime says.
 */
public final class OnnxModel implements BatchFunction, AutoCloseable {
  private static final List<String> PARAMETERS =
      List.of("model", "inputs", "outputs", "missing", "sha256");

  private final Path file;
  private final TensorColumns inputColumns;
  private final TensorColumns outputColumns;
  private final boolean nanForNull;
  private @Nullable Model model;
  private List<InputTensor> inputs = List.of();
  private Map<String, OutputTensor> outputs = Map.of();
  private boolean oneByOne;
  private int[] accepted = new int[0];

  /** Reads the parameters, and the model's hash if one is asked for. */
  public OnnxModel(Map<String, String> parameters) {
    for (String name : parameters.keySet()) {
      if (!PARAMETERS.contains(name)) {
        throw new ConfigurationException(
            "OnnxModel has no parameter '%s': it has %s"
                .formatted(name, String.join(", ", PARAMETERS)));
      }
    }
    String path = parameters.get("model");
    if (path == null) {
      throw new ConfigurationException(
          "OnnxModel needs the parameter model: the path of an .onnx file");
    }
    this.file = Path.of(path);
    this.inputColumns = TensorColumns.of(parameters, "inputs");
    this.outputColumns = TensorColumns.of(parameters, "outputs");
    String missing = parameters.getOrDefault("missing", "reject");
    this.nanForNull = missing.equals("nan");
    if (!nanForNull && !missing.equals("reject")) {
      throw new ConfigurationException(
          "the parameter missing is '" + missing + "': choose reject or nan");
    }
    checkHash(parameters.get("sha256"));
  }

  private void checkHash(@Nullable String wanted) {
    if (wanted != null) {
      String found = Model.hash(file);
      if (!found.equals(wanted.toLowerCase(Locale.ROOT))) {
        throw new ConfigurationException(
            "the model %s has the SHA-256 %s, but the parameter sha256 wants %s: restore the file, or change the parameter if the new model is meant"
                .formatted(file, found, wanted));
      }
    }
  }

  /** Opens the model and checks that columns and tensors fit each other. */
  @Override
  public Schema outputs(Schema input) {
    Model opened = model == null ? Model.open(file) : model;
    model = opened;
    inputColumns.check(opened.name(), opened.inputNames());
    outputColumns.check(opened.name(), opened.outputNames());
    List<InputTensor> bound = new ArrayList<>();
    for (String name : opened.inputNames()) {
      Tensor tensor = opened.input(name);
      List<String> columns = inputColumns.of(name).orElseGet(() -> byName(opened, tensor, input));
      bound.add(InputTensor.bind(opened.name(), tensor, columns, input, nanForNull));
    }
    inputs = List.copyOf(bound);
    oneByOne = inputs.stream().anyMatch(each -> each.tensor().rows() == 1);
    outputs = new LinkedHashMap<>();
    List<Field> fields = new ArrayList<>();
    for (String name : opened.outputNames()) {
      if (!outputColumns.isGiven() || outputColumns.of(name).isPresent()) {
        List<String> columns = outputColumns.of(name).orElse(List.of(name));
        OutputTensor output =
            OutputTensor.bind(opened.name(), opened.output(name), columns, oneByOne);
        outputs.put(name, output);
        fields.addAll(output.fields());
      }
    }
    return Schema.of(fields);
  }

  private static List<String> byName(Model model, Tensor tensor, Schema input) {
    if (!input.has(tensor.name())) {
      throw new ConfigurationException(
          "%s wants %s, for which there is no column of that name: say which columns it is made of with the parameter inputs: \"%s = …\"; there are %s"
              .formatted(
                  model.name(),
                  tensor,
                  tensor.name(),
                  String.join(", ", input.fields().stream().map(Field::name).toList())));
    }
    return List.of(tensor.name());
  }

  @Override
  public void apply(Batch in, BatchWriter out) throws OrtException {
    int count = accept(in, out);
    int step = oneByOne ? 1 : Math.max(1, count);
    for (int from = 0; from < count; from += step) {
      compute(in, out, from, Math.min(step, count - from));
    }
  }

  /** Refuses rows that lack something; the others are {@link #accepted}. */
  private int accept(Batch in, BatchWriter out) {
    if (accepted.length < in.rows()) {
      accepted = new int[in.rows()];
    }
    int count = 0;
    for (int row = 0; row < in.rows(); row++) {
      String refusal = null;
      for (int i = 0; i < inputs.size() && refusal == null; i++) {
        refusal = inputs.get(i).refusal(in, row);
      }
      if (refusal == null) {
        accepted[count++] = row;
      } else {
        out.reject(row, refusal);
      }
    }
    return count;
  }

  /** Gives back the model's native memory. */
  @Override
  public void close() {
    if (model != null) {
      model.close();
      model = null;
    }
  }

  private void compute(Batch in, BatchWriter out, int from, int count) throws OrtException {
    Model opened = model;
    if (opened == null) {
      throw new IllegalStateException("outputs(schema) has not been called");
    }
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (InputTensor input : inputs) {
        tensors.put(
            input.tensor().name(), input.fill(opened.environment(), in, accepted, from, count));
      }
      Set<String> wanted = new LinkedHashSet<>(outputs.keySet());
      try (OrtSession.Result result = opened.run(tensors, wanted)) {
        for (Map.Entry<String, OutputTensor> each : outputs.entrySet()) {
          OnnxTensor tensor = (OnnxTensor) result.get(each.getKey()).orElseThrow();
          each.getValue().write(tensor, out, accepted, from, count);
        }
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }
}
