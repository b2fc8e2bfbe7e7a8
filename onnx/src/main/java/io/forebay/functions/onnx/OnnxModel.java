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
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
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
 * <p>The first dimension of the model's inputs counts rows and has to be open; where it is 1, rows
 * are computed one by one. Values of a float32 input are rounded to float32. A model may compute a
 * row in another order, and so differ in the last bits, when there are other rows beside it: ONNX
 * Runtime chooses its kernels by the size of the batch.
 *
 * <p>A record at which the model fails goes to dead letter with what the runtime says.
 */
public final class OnnxModel implements BatchFunction, AutoCloseable {
  private static final Parameter<String> MODEL =
      Parameter.text(
          "model",
          "The file, from the folder in which Forebay is started.",
          "the path of an .onnx file");
  private static final Parameter<TensorColumns> INPUTS =
      Parameter.of(
              "inputs",
              "Which columns each input of the model is made of. An input of several values a row"
                  + " takes as many columns, or one list column.",
              new TensorColumns.Type("inputs"))
          .optional("each input takes the column of its own name");
  private static final Parameter<TensorColumns> OUTPUTS =
      Parameter.of(
              "outputs",
              "Which columns each output becomes; one column for several values is a list. Outputs"
                  + " that are not named are left out.",
              new TensorColumns.Type("outputs"))
          .optional("each output is a column of its own name");
  private static final Parameter<String> MISSING =
      Parameter.choice(
              "missing",
              "What becomes of a record without a value that the model needs: reject sends it to"
                  + " dead letter, nan gives the model NaN.",
              "reject",
              "nan")
          .byDefault("reject");
  private static final Parameter<String> SHA256 =
      Parameter.text("sha256", "The file's SHA-256; another file is refused.")
          .optional("any file is taken");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "An ONNX model on every record, a batch in one call.",
              MODEL,
              INPUTS,
              OUTPUTS,
              MISSING,
              SHA256)
          .formula("the model's")
          .reads("what inputs names")
          .adds("what outputs names: float32, float64, int32, int64, bool, string or list-float64")
          .example(
              "{ name: score, cpu: io.forebay.functions.onnx.OnnxModel, parameters: { model:"
                  + " bearing.onnx, inputs: \"x = temperature, rms\", outputs: \"y = score\" } }");

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
    ParameterValues values = DESCRIPTION.read(OnnxModel.class, parameters);
    this.file = Path.of(values.get(MODEL));
    this.inputColumns = values.find(INPUTS).orElse(TensorColumns.none("inputs"));
    this.outputColumns = values.find(OUTPUTS).orElse(TensorColumns.none("outputs"));
    this.nanForNull = values.get(MISSING).equals("nan");
    values.find(SHA256).ifPresent(this::checkHash);
  }

  private void checkHash(String wanted) {
    String found = Model.hash(file);
    if (!found.equals(wanted.toLowerCase(Locale.ROOT))) {
      throw new ConfigurationException(
          "the model %s has the SHA-256 %s, but the parameter sha256 wants %s: restore the file, or change the parameter if the new model is meant"
              .formatted(file, found, wanted));
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
