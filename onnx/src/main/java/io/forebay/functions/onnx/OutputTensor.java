package io.forebay.functions.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.forebay.BatchWriter;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringWriter;
import io.forebay.errors.ConfigurationException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An output of a model, and the columns that it fills. One thread at a time. */
final class OutputTensor {
  private final String model;
  private final Tensor tensor;
  private final List<String> columns;
  private final ColumnType type;

  private OutputTensor(String model, Tensor tensor, List<String> columns, ColumnType type) {
    this.model = model;
    this.tensor = tensor;
    this.columns = columns;
    this.type = type;
  }

  /**
   * Binds the columns: one for each value of a row, or one for all of them as a list.
   *
   * @param oneByOne the model computes one row at a time
   * @throws ConfigurationException in one sentence, if they do not fit
   */
  static OutputTensor bind(String model, Tensor tensor, List<String> columns, boolean oneByOne) {
    ColumnType single =
        switch (tensor.element()) {
          case FLOAT -> ColumnType.FLOAT32;
          case DOUBLE -> ColumnType.FLOAT64;
          case INT8, UINT8, INT16, INT32 -> ColumnType.INT32;
          case INT64 -> ColumnType.INT64;
          case BOOL -> ColumnType.BOOL;
          case STRING -> ColumnType.STRING;
          default ->
              throw new ConfigurationException(
                  "%s has %s, which no column can hold: export it as float, double, int or text, or choose other outputs with the parameter outputs"
                      .formatted(model, tensor));
        };
    if (!oneByOne && tensor.rows() != -1) {
      throw new ConfigurationException(
          "%s gives %s whatever the number of rows, but a result for each row is wanted: export it with an open first dimension (dynamic_axes), or leave it out in the parameter outputs"
              .formatted(model, tensor));
    }
    int width = tensor.width();
    boolean list = columns.size() == 1 && width != 1;
    if (list && !tensor.isNumber()) {
      throw new ConfigurationException(
          "%s has %s, of which a row is no single value: name a column for each in the parameter outputs: \"%s = first, second\""
              .formatted(model, tensor, tensor.name()));
    }
    if (!list && width != Tensor.OPEN && width != columns.size()) {
      throw new ConfigurationException(
          "%s has %d values a row in %s, but there are %d columns for them (%s): name as many in the parameter outputs, or one for a list"
              .formatted(model, width, tensor, columns.size(), String.join(", ", columns)));
    }
    return new OutputTensor(model, tensor, columns, list ? ColumnType.FLOAT64_LIST : single);
  }

  String name() {
    return tensor.name();
  }

  List<Field> fields() {
    return columns.stream().map(column -> Field.of(column, type)).toList();
  }

  /**
   * Checks that the result has so many rows.
   *
   * @return values of a row
   */
  int width(OnnxTensor result, int rows) {
    long[] shape = result.getInfo().getShape();
    long values = 1;
    for (long each : shape) {
      values = Math.multiplyExact(values, each);
    }
    long width = values / rows;
    boolean fits =
        rows * width == values
            && (rows == 1 || (shape.length > 0 && shape[0] == rows))
            && (type == ColumnType.FLOAT64_LIST || width == columns.size());
    if (!fits) {
      throw new IllegalStateException(
          "%s gave %s of the shape %s for %d rows: it has to give %s for each row"
              .formatted(
                  model,
                  tensor,
                  Arrays.toString(shape),
                  rows,
                  type == ColumnType.FLOAT64_LIST ? "values" : columns.size() + " value(s)"));
    }
    return Math.toIntExact(width);
  }

  /** Writes the result for these rows, as {@link InputTensor#fill} has them. */
  void write(OnnxTensor result, BatchWriter out, int[] rows, int from, int count)
      throws OrtException {
    int width = width(result, count);
    if (tensor.element() == OnnxJavaType.STRING) {
      List<String> texts = new ArrayList<>(count * width);
      flatten(result.getValue(), texts);
      for (int c = 0; c < columns.size(); c++) {
        StringWriter writer = out.string(columns.get(c));
        for (int i = 0; i < count; i++) {
          writer.set(rows[from + i], texts.get(i * width + c));
        }
      }
      return;
    }
    ByteBuffer data = result.getByteBuffer().order(ByteOrder.nativeOrder());
    if (type == ColumnType.FLOAT64_LIST) {
      Float64ListWriter writer = out.list(columns.getFirst());
      for (int i = 0; i < count; i++) {
        double[] values = new double[width];
        for (int j = 0; j < width; j++) {
          values[j] = number(data, i * width + j);
        }
        writer.set(rows[from + i], values);
      }
      return;
    }
    for (int c = 0; c < columns.size(); c++) {
      ColumnWriter writer = out.column(columns.get(c));
      for (int i = 0; i < count; i++) {
        set(writer, rows[from + i], data, i * width + c);
      }
    }
  }

  private void set(ColumnWriter writer, int row, ByteBuffer data, int at) {
    switch (writer) {
      case Float32Writer floats -> floats.set(row, data.getFloat(4 * at));
      case Float64Writer doubles -> doubles.set(row, data.getDouble(8 * at));
      case Int32Writer ints -> ints.set(row, (int) number(data, at));
      case Int64Writer longs -> longs.set(row, data.getLong(8 * at));
      case BoolWriter bools -> bools.set(row, data.get(at) != 0);
      default -> throw new IllegalStateException(writer.field().toString());
    }
  }

  private double number(ByteBuffer data, int at) {
    return switch (tensor.element()) {
      case FLOAT -> data.getFloat(4 * at);
      case DOUBLE -> data.getDouble(8 * at);
      case INT8 -> data.get(at);
      case UINT8 -> Byte.toUnsignedInt(data.get(at));
      case INT16 -> data.getShort(2 * at);
      case INT32 -> data.getInt(4 * at);
      case INT64 -> data.getLong(8 * at);
      default -> throw new IllegalStateException(tensor.toString());
    };
  }

  /** The texts of an array of arrays, one after the other. */
  private static void flatten(Object value, List<String> texts) {
    if (value instanceof String text) {
      texts.add(text);
    } else {
      for (int i = 0; i < Array.getLength(value); i++) {
        flatten(Array.get(value, i), texts);
      }
    }
  }
}
