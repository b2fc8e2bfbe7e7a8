package io.forebay.functions.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.NumberColumn;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An input of a model, and the columns that it is filled from. One thread at a time. */
final class InputTensor {
  private final Tensor tensor;
  private final List<String> columns;
  private final int width;
  private final boolean nanForNull;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  private InputTensor(Tensor tensor, List<String> columns, int width, boolean nanForNull) {
    this.tensor = tensor;
    this.columns = columns;
    this.width = width;
    this.nanForNull = nanForNull;
  }

  /**
   * Binds the columns.
   *
   * @param nanForNull a number that is missing is NaN; otherwise its row is refused
   * @throws ConfigurationException in one sentence, if they do not fit
   */
  static InputTensor bind(
      String model, Tensor tensor, List<String> columns, Schema schema, boolean nanForNull) {
    if (tensor.rows() > 1) {
      throw new ConfigurationException(
          "%s takes %d rows at a time in %s, but batches have any number: export it with an open first dimension (dynamic_axes)"
              .formatted(model, tensor.rows(), tensor));
    }
    List<Field> fields = columns.stream().map(schema::field).toList();
    int width = tensor.width();
    if (fields.size() == 1 && fields.getFirst().type() == ColumnType.FLOAT64_LIST) {
      if (width == Tensor.OPEN) {
        throw new ConfigurationException(
            "%s has %s, which leaves open how many values a row has: export it with a fixed number, as the lists of the column '%s' have it"
                .formatted(model, tensor, columns.getFirst()));
      }
    } else {
      if (width == Tensor.OPEN && tensor.shape().size() == 2) {
        width = fields.size();
      }
      if (width != fields.size()) {
        throw new ConfigurationException(
            "%s wants %s values a row in %s, but gets the %d of %s: change the parameter inputs"
                .formatted(
                    model,
                    width == Tensor.OPEN ? "several" : String.valueOf(width),
                    tensor,
                    fields.size(),
                    String.join(", ", columns)));
      }
    }
    for (Field field : fields) {
      if (!fits(field.type(), tensor)) {
        throw new ConfigurationException(
            "%s wants %s, but the column '%s' is %s: %s"
                .formatted(
                    model,
                    tensor,
                    field.name(),
                    field.type(),
                    tensor.isInteger() && field.type().isNumber()
                        ? "declare it as int64, or export the model with floats"
                        : "name another column in the parameter inputs"));
      }
    }
    return new InputTensor(tensor, columns, width, nanForNull);
  }

  private static boolean fits(ColumnType type, Tensor tensor) {
    return switch (tensor.element()) {
      case FLOAT, DOUBLE ->
          type.isNumber() || type == ColumnType.FLOAT64_LIST || type == ColumnType.BOOL;
      case INT32 -> type == ColumnType.INT32 || type == ColumnType.BOOL;
      case INT64 ->
          type == ColumnType.INT32
              || type == ColumnType.INT64
              || type == ColumnType.BOOL
              || type.isTimestamp();
      case BOOL -> type == ColumnType.BOOL;
      case STRING -> type == ColumnType.STRING;
      default -> false;
    };
  }

  Tensor tensor() {
    return tensor;
  }

  /** Why the row cannot be given to the model; null if it can. */
  @Nullable String refusal(Batch in, int row) {
    for (String name : columns) {
      Column column = in.column(name);
      if (column.isNull(row)) {
        if (!nanForNull || !isFloat() || column instanceof Float64ListColumn) {
          return "'" + name + "' has no value, which the model needs for '" + tensor.name() + "'";
        }
      } else if (column instanceof Float64ListColumn list && list.length(row) != width) {
        return "'%s' has %d values, but the model wants %d for '%s'"
            .formatted(name, list.length(row), width, tensor.name());
      }
    }
    return null;
  }

  /**
   * The tensor of these rows.
   *
   * @param rows indices into the batch, of which the first {@code count} from {@code from} are
   *     meant
   */
  OnnxTensor fill(OrtEnvironment environment, Batch in, int[] rows, int from, int count)
      throws OrtException {
    long[] shape = tensor.shape(count, width);
    if (tensor.element() == OnnxJavaType.STRING) {
      String[] texts = new String[count * width];
      for (int c = 0; c < columns.size(); c++) {
        StringColumn column = in.string(columns.get(c));
        for (int i = 0; i < count; i++) {
          texts[i * width + c] = column.get(rows[from + i]);
        }
      }
      return OnnxTensor.createTensor(environment, texts, shape);
    }
    int bytes = count * width * tensor.element().size;
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(Math.max(bytes, 2 * buffer.capacity()));
    }
    ByteBuffer data = buffer.duplicate().order(ByteOrder.nativeOrder()).clear().limit(bytes);
    for (int c = 0; c < columns.size(); c++) {
      put(in.column(columns.get(c)), rows, from, count, data, c);
    }
    return OnnxTensor.createTensor(environment, data, shape, tensor.element());
  }

  private void put(Column column, int[] rows, int from, int count, ByteBuffer data, int offset) {
    for (int i = 0; i < count; i++) {
      int row = rows[from + i];
      int at = i * width + offset;
      switch (tensor.element()) {
        case INT32 -> data.putInt(4 * at, (int) integer(column, row));
        case INT64 -> data.putLong(8 * at, integer(column, row));
        case BOOL -> data.put(at, (byte) (((BoolColumn) column).get(row) ? 1 : 0));
        default -> {
          if (column instanceof Float64ListColumn list) {
            double[] values = list.get(row); // One copy is cheaper than a look-up for each.
            for (int j = 0; j < width; j++) {
              putFloat(data, at + j, values[j]);
            }
          } else {
            putFloat(data, at, column.isNull(row) ? Double.NaN : number(column, row));
          }
        }
      }
    }
  }

  private void putFloat(ByteBuffer data, int at, double value) {
    if (tensor.element() == OnnxJavaType.FLOAT) {
      data.putFloat(4 * at, (float) value);
    } else {
      data.putDouble(8 * at, value);
    }
  }

  private static double number(Column column, int row) {
    return column instanceof BoolColumn bool
        ? bool.get(row) ? 1 : 0
        : ((NumberColumn) column).asDouble(row);
  }

  private static long integer(Column column, int row) {
    return switch (column) {
      case Int32Column ints -> ints.get(row);
      case Int64Column longs -> longs.get(row);
      case BoolColumn bool -> bool.get(row) ? 1 : 0;
      default -> throw new IllegalStateException(column.field().toString());
    };
  }

  private boolean isFloat() {
    return tensor.element() == OnnxJavaType.FLOAT || tensor.element() == OnnxJavaType.DOUBLE;
  }
}
