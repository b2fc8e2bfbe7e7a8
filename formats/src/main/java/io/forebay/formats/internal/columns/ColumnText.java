package io.forebay.formats.internal.columns;

import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.NonFinite;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the values of one column, row by row; loaded anew for each batch. */
public abstract class ColumnText {
  /** How texts are quoted and what stands for null. */
  public enum Style {
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
  private static final byte[] QUOTE = ascii("\"");
  private static final byte[] NOTHING = new byte[0];

  private final Style style;

  /** The column, where rows of this batch may be null. */
  private @Nullable Column nulls;

  ColumnText(Style style) {
    this.style = style;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public static ColumnText of(Field field, Style style, NonFinite nonFinite) {
    return switch (field.type()) {
      case BOOL ->
          new Values<>(
              style,
              BoolColumn.class,
              (column, row, out) -> out.put(column.get(row) ? TRUE : FALSE));
      case INT32 ->
          new Values<>(
              style,
              Int32Column.class,
              (column, row, out) -> NumberText.put(out, (long) column.get(row)));
      case INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS -> new Int64(style);
      case FLOAT32 -> float32(field, style, nonFinite);
      case FLOAT64 -> new Float64(style, new Doubles(field, nonFinite));
      case STRING -> new StringText(style);
      case BINARY -> binary(style);
      case FLOAT64_LIST -> float64List(style, new Doubles(field, nonFinite));
    };
  }

  public final void load(Column column, int rows) {
    nulls = column.mayHaveNulls() ? column : null;
    loadValues(column, rows);
  }

  public final void put(int row, Bytes out) {
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

  private static ColumnText float32(Field field, Style style, NonFinite nonFinite) {
    byte[] absent = style == Style.JSON ? NULL : NOTHING;
    return new Values<>(
        style,
        Float32Column.class,
        (column, row, out) -> {
          float value = column.get(row);
          if (Float.isFinite(value)) {
            NumberText.put(out, value);
          } else {
            nonFinite.found(field, value);
            out.put(absent);
          }
        });
  }

  /** Base64 needs quotes in JSON; in CSV only where it would look like null. */
  private static ColumnText binary(Style style) {
    return new Values<>(
        style,
        BinaryColumn.class,
        (column, row, out) -> {
          byte[] text = Base64.getEncoder().encode(column.get(row));
          boolean quoted = style == Style.JSON || text.length == 0;
          byte[] quote = quoted ? QUOTE : NOTHING;
          out.put(quote);
          out.put(text);
          out.put(quote);
        });
  }

  /** A JSON array, which CSV has to quote. */
  private static ColumnText float64List(Style style, Doubles doubles) {
    byte[] quote = style == Style.CSV ? QUOTE : NOTHING;
    return new Values<>(
        style,
        Float64ListColumn.class,
        (column, row, out) -> {
          MemorySegment values = column.values(row);
          int size = (int) (values.byteSize() >>> 3);
          out.put(quote);
          out.put('[');
          for (int i = 0; i < size; i++) {
            if (i > 0) {
              out.put(',');
            }
            doubles.put(values.getAtIndex(DOUBLE, i), NULL, out);
          }
          out.put(']');
          out.put(quote);
        });
  }

  /** Writes the doubles of a field. */
  private record Doubles(Field field, NonFinite nonFinite) {
    /** Writes the value, or what is written where it is not finite. */
    void put(double value, byte[] absent, Bytes out) {
      if (Double.isFinite(value)) {
        NumberText.put(out, value);
      } else {
        nonFinite.found(field, value);
        out.put(absent);
      }
    }
  }

  /** Appends the value of a row. */
  private interface Put<C> {
    void put(C column, int row, Bytes out);
  }

  /** Values that are read one by one. */
  private static final class Values<C extends Column> extends ColumnText {
    private final Class<C> type;
    private final Put<C> put;
    private @Nullable C column;

    Values(Style style, Class<C> type, Put<C> put) {
      super(style);
      this.type = type;
      this.put = put;
    }

    @Override
    void loadValues(Column column, int rows) {
      this.column = type.cast(column);
    }

    @Override
    void putValue(int row, Bytes out) {
      put.put(Objects.requireNonNull(column), row, out);
    }
  }

  /** Integers of 64 bits, copied to the heap at once. */
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
      NumberText.put(out, values[row]);
    }
  }

  /** Doubles, copied to the heap at once. */
  private static final class Float64 extends ColumnText {
    private final Doubles doubles;
    private final byte[] absent;
    private double[] values = new double[0];

    Float64(Style style, Doubles doubles) {
      super(style);
      this.doubles = doubles;
      this.absent = style == Style.JSON ? NULL : NOTHING;
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
      doubles.put(values[row], absent, out);
    }
  }
}
