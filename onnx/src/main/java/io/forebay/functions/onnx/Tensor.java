package io.forebay.functions.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import io.forebay.errors.ConfigurationException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An input or output of a model. The first dimension counts rows.
 *
 * @param name as the model calls it
 * @param shape as the model declares it; -1 where a dimension is open
 */
record Tensor(String name, OnnxJavaType element, List<Long> shape) {
  /** The width of a tensor whose dimensions after the first are not all known. */
  static final int OPEN = -1;

  static Tensor of(String model, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new ConfigurationException(
          "%s has '%s', which is no tensor but %s: export it without (for scikit-learn: options={'zipmap': False}), or choose other outputs with the parameter outputs"
              .formatted(model, node.getName(), node.getInfo().getClass().getSimpleName()));
    }
    return new Tensor(node.getName(), info.type, Arrays.stream(info.getShape()).boxed().toList());
  }

  /** Rows that one call takes: 1, or -1 for any number. */
  long rows() {
    return shape.isEmpty() ? 1 : shape.getFirst();
  }

  /** Values of a row, or {@link #OPEN}. */
  int width() {
    long width = 1;
    for (long each : shape.subList(Math.min(1, shape.size()), shape.size())) {
      if (each < 0) {
        return OPEN;
      }
      width = Math.multiplyExact(width, each);
    }
    return Math.toIntExact(width);
  }

  /** The shape of a tensor of so many rows of so many values. */
  long[] shape(int rows, int width) {
    long[] actual = shape.stream().mapToLong(Long::longValue).toArray();
    if (actual.length > 0) {
      actual[0] = rows;
    }
    if (width() == OPEN) {
      actual[1] = width;
    }
    return actual;
  }

  boolean isNumber() {
    return switch (element) {
      case FLOAT, DOUBLE, INT8, INT16, INT32, INT64, UINT8 -> true;
      default -> false;
    };
  }

  boolean isInteger() {
    return isNumber() && element != OnnxJavaType.FLOAT && element != OnnxJavaType.DOUBLE;
  }

  @Override
  public String toString() {
    return "'%s' (%s %s)".formatted(name, element.name().toLowerCase(Locale.ROOT), text());
  }

  private String text() {
    return shape.stream().map(each -> each < 0 ? "?" : String.valueOf(each)).toList().toString();
  }
}
