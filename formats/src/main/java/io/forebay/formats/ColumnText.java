package io.forebay.formats;

import io.forebay.BinaryColumn;
import io.forebay.BoolColumn;
import io.forebay.Column;
import io.forebay.Field;
import io.forebay.Float32Column;
import io.forebay.Float64Column;
import io.forebay.Float64ListColumn;
import io.forebay.Int32Column;
import io.forebay.Int64Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the values of one column, row by row; loaded anew for each batch. */
abstract class ColumnText {
  /** How texts are quoted and what stands for null. */
  enum Style {
    JSON,
    CSV
  }

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NULL = ascii("null");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");

  private final Style style;

  /** The column, where rows of this batch may be null. */
  private @Nullable Column nulls;

  ColumnText(Style style) {
    this.style = style;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static ColumnText of(Field field, Style style, NonFinite nonFinite) {
    return switch (field.type()) {
      case BOOL -> new Bool(style);
      case INT32 -> new Int32(style);
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> new Int64(style);
      case FLOAT32 -> new Float32(field, style, nonFinite);
      case FLOAT64 -> new Float64(field, style, nonFinite);
      case STRING -> new StringText(style);
      case BINARY -> new Binary(style);
      case FLOAT64_LIST -> new Float64List(field, style, nonFinite);
    };
  }

  final void load(Column column, int rows) {
    nulls = column.mayHaveNulls() ? column : null;
    loadValues(column, rows);
  }

  final void put(int row, Bytes out) {
    if (nulls != null && nulls.isNull(row)) {
      putNull(out);
    } else {
      putValue(row, out);
    }
  }

  /** CSV writes nothing for null. */
  final void putNull(Bytes out) {
    if (style == Style.JSON) {
      out.put(NULL);
    }
  }

  final Style style() {
    return style;
  }

  abstract void loadValues(Column column, int rows);

  abstract void putValue(int row, Bytes out);

  /** Half as much more than is needed now, so that batches that grow do not allocate each time. */
  private static int room(int rows) {
    return rows + (rows >> 1);
  }

  private static final class Int64 extends ColumnText {
    private long[] values = new long[0];

    Int64(Style style) {
      super(style);
    }

    @Override
    void loadValues(Column column, int rows) {
      if (values.length < rows) {
        values = new long[room(rows)];
      }
      MemorySegment.copy(((Int64Column) column).data(), LONG, 0, values, 0, rows);
    }

    @Override
    void putValue(int row, Bytes out) {
      byte[] to = out.room(NumberText.MOST_BYTES);
      out.length(NumberText.put(to, out.length(), values[row]));
    }
  }

  private static final class Float64 extends ColumnText {
    private final NumberText text = new NumberText();
    private final Field field;
    private final NonFinite nonFinite;
    private double[] values = new double[0];

    Float64(Field field, Style style, NonFinite nonFinite) {
      super(style);
      this.field = field;
      this.nonFinite = nonFinite;
    }

    @Override
    void loadValues(Column column, int rows) {
      if (values.length < rows) {
        values = new double[room(rows)];
      }
      MemorySegment.copy(((Float64Column) column).data(), DOUBLE, 0, values, 0, rows);
    }

    @Override
    void putValue(int row, Bytes out) {
      double value = values[row];
      if (Double.isFinite(value)) {
        byte[] to = out.room(NumberText.MOST_BYTES);
        out.length(text.put(to, out.length(), value));
      } else {
        nonFinite.found(field, value);
        putNull(out);
      }
    }
  }

  private static final class Float32 extends ColumnText {
    private final NumberText text = new NumberText();
    private final Field field;
    private final NonFinite nonFinite;
    private @Nullable Float32Column column;

    Float32(Field field, Style style, NonFinite nonFinite) {
      super(style);
      this.field = field;
      this.nonFinite = nonFinite;
    }

    @Override
    void loadValues(Column column, int rows) {
      this.column = (Float32Column) column;
    }

    @Override
    void putValue(int row, Bytes out) {
      float value = Objects.requireNonNull(column).get(row);
      if (Float.isFinite(value)) {
        byte[] to = out.room(NumberText.MOST_BYTES);
        out.length(text.put(to, out.length(), value));
      } else {
        nonFinite.found(field, value);
        putNull(out);
      }
    }
  }

  private static final class Int32 extends ColumnText {
    private @Nullable Int32Column column;

    Int32(Style style) {
      super(style);
    }

    @Override
    void loadValues(Column column, int rows) {
      this.column = (Int32Column) column;
    }

    @Override
    void putValue(int row, Bytes out) {
      byte[] to = out.room(NumberText.MOST_BYTES);
      long value = Objects.requireNonNull(column).get(row);
      out.length(NumberText.put(to, out.length(), value));
    }
  }

  private static final class Bool extends ColumnText {
    private @Nullable BoolColumn column;

    Bool(Style style) {
      super(style);
    }

    @Override
    void loadValues(Column column, int rows) {
      this.column = (BoolColumn) column;
    }

    @Override
    void putValue(int row, Bytes out) {
      out.put(Objects.requireNonNull(column).get(row) ? TRUE : FALSE);
    }
  }

  private static final class Binary extends ColumnText {
    private @Nullable BinaryColumn column;

    Binary(Style style) {
      super(style);
    }

    @Override
    void loadValues(Column column, int rows) {
      this.column = (BinaryColumn) column;
    }

    @Override
    void putValue(int row, Bytes out) {
      // Base64 needs quotes in JSON; in CSV only where it would look like null.
      byte[] text = Base64.getEncoder().encode(Objects.requireNonNull(column).get(row));
      boolean quoted = style() == Style.JSON || text.length == 0;
      if (quoted) {
        out.put('"');
      }
      out.put(text);
      if (quoted) {
        out.put('"');
      }
    }
  }

  private static final class Float64List extends ColumnText {
    private final NumberText text = new NumberText();
    private final Field field;
    private final NonFinite nonFinite;
    private @Nullable Float64ListColumn column;

    Float64List(Field field, Style style, NonFinite nonFinite) {
      super(style);
      this.field = field;
      this.nonFinite = nonFinite;
    }

    @Override
    void loadValues(Column column, int rows) {
      this.column = (Float64ListColumn) column;
    }

    @Override
    void putValue(int row, Bytes out) {
      MemorySegment values = Objects.requireNonNull(column).values(row);
      int size = (int) (values.byteSize() >>> 3);
      if (style() == Style.CSV) {
        out.put('"');
      }
      out.put('[');
      for (int i = 0; i < size; i++) {
        if (i > 0) {
          out.put(',');
        }
        double value = values.getAtIndex(DOUBLE, i);
        if (Double.isFinite(value)) {
          byte[] to = out.room(NumberText.MOST_BYTES);
          out.length(text.put(to, out.length(), value));
        } else {
          nonFinite.found(field, value);
          out.put(NULL);
        }
      }
      out.put(']');
      if (style() == Style.CSV) {
        out.put('"');
      }
    }
  }
}
