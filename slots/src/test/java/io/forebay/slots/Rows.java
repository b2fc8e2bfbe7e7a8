package io.forebay.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BinaryWriter;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.BoolWriter;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.ColumnWriter;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float32Writer;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Column;
import io.forebay.columns.Int64Writer;
import io.forebay.columns.StringColumn;
import io.forebay.columns.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The heap model of rows: a row is a list of values, null for null; and random ones of them. */
final class Rows {
  private Rows() {}

  /** One nullable and one other field of every type. */
  static Schema everyType(String prefix) {
    List<Field> fields = new ArrayList<>();
    for (ColumnType type : ColumnType.values()) {
      fields.add(Field.of(prefix + type.text(), type));
      fields.add(Field.nullable(prefix + type.text() + "?", type));
    }
    return Schema.of(fields);
  }

  static Object[] random(Random random, Schema schema, int maxLength) {
    Object[] row = new Object[schema.size()];
    for (int i = 0; i < row.length; i++) {
      Field field = schema.field(i);
      if (field.nullable() && random.nextInt(4) == 0) {
        continue;
      }
      row[i] =
          switch (field.type()) {
            case BOOL -> random.nextBoolean();
            case INT32 -> random.nextInt();
            case INT64 -> random.nextLong();
            // Times that cannot be stored are rejected.
            case TIMESTAMP_MS -> random.nextLong() >> 18;
            case TIMESTAMP_US -> random.nextLong() >> 8;
            case TIMESTAMP_NS -> random.nextLong() >> 1;
            case FLOAT32 -> random.nextFloat();
            case FLOAT64 -> Double.longBitsToDouble(random.nextLong());
            case STRING -> text(random, maxLength);
            case BINARY -> {
              byte[] bytes = new byte[random.nextInt(maxLength + 1)];
              random.nextBytes(bytes);
              yield bytes;
            }
            case FLOAT64_LIST -> random.doubles(random.nextInt(maxLength / 4 + 1)).toArray();
          };
    }
    return row;
  }

  private static String text(Random random, int maxLength) {
    if (random.nextInt(3) > 0) {
      return "sensor-" + random.nextInt(20);
    }
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(maxLength + 1);
    while (text.length() < length) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> 0xE9;
            case 1 -> 0x20AC;
            case 2 -> 0x1F600 + random.nextInt(16);
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }

  static void stage(StagedRow staged, Schema schema, Object[] row) {
    staged.clear();
    for (int i = 0; i < row.length; i++) {
      switch (row[i]) {
        case null -> staged.setNull(i);
        case Boolean value -> staged.setBool(i, value);
        case Integer value -> staged.setLong(i, value);
        case Long value -> staged.setLong(i, value);
        case Float value -> staged.setDouble(i, value);
        case Double value -> staged.setDouble(i, value);
        case String value -> {
          byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
          staged.setBytes(i, utf8, 0, utf8.length);
        }
        case byte[] value -> staged.setBytes(i, value, 0, value.length);
        case double[] value -> staged.setDoubles(i, value, 0, value.length);
        default -> throw new AssertionError(schema.field(i));
      }
    }
  }

  static void write(BatchWriter out, Schema schema, int row, Object[] values) {
    for (int i = 0; i < values.length; i++) {
      ColumnWriter writer = out.column(i);
      if (values[i] == null) {
        writer.setNull(row);
        continue;
      }
      switch (writer) {
        case BoolWriter w -> w.set(row, (Boolean) values[i]);
        case Int32Writer w -> w.set(row, (Integer) values[i]);
        case Int64Writer w -> w.set(row, (Long) values[i]);
        case Float32Writer w -> w.set(row, (Float) values[i]);
        case Float64Writer w -> w.set(row, (Double) values[i]);
        case StringWriter w -> w.set(row, (String) values[i]);
        case BinaryWriter w -> w.set(row, (byte[]) values[i]);
        case Float64ListWriter w -> w.set(row, (double[]) values[i]);
      }
    }
  }

  static Object read(Column column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    return switch (column) {
      case BoolColumn c -> c.get(row);
      case Int32Column c -> c.get(row);
      case Int64Column c -> c.get(row);
      case Float32Column c -> c.get(row);
      case Float64Column c -> c.get(row);
      case StringColumn c -> c.get(row);
      case BinaryColumn c -> c.get(row);
      case Float64ListColumn c -> c.get(row);
    };
  }

  static Object[] read(Batch batch, int row) {
    Object[] values = new Object[batch.schema().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(batch.column(i), row);
    }
    return values;
  }

  /** Asserts that the batch holds exactly these rows. */
  static void assertSame(Batch batch, List<Object[]> expected) {
    assertThat(batch.rows()).isEqualTo(expected.size());
    for (int row = 0; row < expected.size(); row++) {
      Object[] found = read(batch, row);
      if (!Arrays.deepEquals(found, expected.get(row))) {
        throw new AssertionError(
            "row "
                + row
                + "\nexpected "
                + Arrays.deepToString(expected.get(row))
                + "\nfound    "
                + Arrays.deepToString(found));
      }
    }
  }

  static boolean deepEquals(Object[] one, Object[] other) {
    return Arrays.deepEquals(one, other);
  }

  static Object[] plus(Object[] first, Object[] second) {
    Object[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
