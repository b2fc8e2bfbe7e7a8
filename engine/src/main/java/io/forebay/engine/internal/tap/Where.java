package io.forebay.engine.internal.tap;

import io.forebay.Batch;
import io.forebay.columns.BinaryColumn;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.text.Nearest;
import io.forebay.tap.TapPart;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * A condition on one column: {@code value>80}, {@code sensorId=s7}, {@code label~text}, {@code
 * value=null}. A row without a value fulfils {@code =null} only; a list fulfils what one of its
 * values does. Immutable.
 */
final class Where {
  private static final IntPredicate NEVER = row -> false;

  /** A condition on the values of a column of the right type, none of which is null. */
  interface Test {
    IntPredicate on(Column column);
  }

  private final Field field;
  private final Optional<Test> test;
  private final boolean nulls;

  /**
   * @param test on rows with a value; empty: only whether there is one
   * @param nulls whether rows without one fulfil it
   */
  private Where(Field field, Optional<Test> test, boolean nulls) {
    this.field = field;
    this.test = test;
    this.nulls = nulls;
  }

  String column() {
    return field.name();
  }

  /** Which rows of a batch fulfil it: none, where the batch does not have the column. */
  IntPredicate on(Batch batch) {
    int index = batch.schema().indexOf(field.name());
    if (index < 0 || batch.schema().field(index).type() != field.type()) {
      return NEVER;
    }
    Column column = batch.column(index);
    if (test.isEmpty()) {
      return row -> column.isNull(row) == nulls;
    }
    IntPredicate values = test.get().on(column);
    return column.mayHaveNulls() ? row -> !column.isNull(row) && values.test(row) : values;
  }

  /**
   * Reads a condition.
   *
   * @throws ConfigurationException in one sentence that says what it may be
   */
  static Where parse(String text, TapPart part) {
    Condition condition = Condition.split(text, part.schema());
    int index = part.schema().indexOf(condition.column());
    if (index < 0) {
      throw unknown(condition.column(), part);
    }
    Field field = part.schema().field(index);
    Operator operator = condition.operator();
    if (condition.isOfNull()) {
      if (operator != Operator.EQUAL && operator != Operator.OTHER) {
        throw new ConfigurationException(
            "'"
                + text
                + "' has no meaning: ask for null with "
                + field.name()
                + "=null or "
                + field.name()
                + "!=null");
      }
      return new Where(field, Optional.empty(), operator == Operator.EQUAL);
    }
    return new Where(field, Optional.of(test(field, condition)), false);
  }

  private static ConfigurationException unknown(String name, TapPart part) {
    return new ConfigurationException(
        "there is no column '"
            + name
            + "' "
            + part.kind().place()
            + " '"
            + part.name()
            + "'"
            + Nearest.to(name, part.schema().fields().stream().map(Field::name).toList())
                .map(near -> ", did you mean '" + near + "'?")
                .orElse("")
            + ": there are "
            + part.schema().fields().stream()
                .map(field -> field.name() + " (" + field.type().text() + ")")
                .collect(Collectors.joining(", ")));
  }

  // ------------------------------------------------------------------ by type

  private static Test test(Field field, Condition condition) {
    return switch (field.type()) {
      case BOOL -> bool(condition.flag(field), condition.only(field, Operator.EQUALITY));
      case INT32, INT64, TIMESTAMP_MS, TIMESTAMP_US, TIMESTAMP_NS ->
          integer(condition.integer(field));
      case FLOAT32 -> float32((float) condition.number(field), condition.comparing(field));
      case FLOAT64 -> float64(condition.number(field), condition.comparing(field));
      case FLOAT64_LIST -> list(condition.number(field), condition.comparing(field));
      case STRING -> string(condition.value(), condition.operator());
      case BINARY -> binary(condition.bytes(field), condition.only(field, Operator.EQUALITY));
    };
  }

  private static Test bool(boolean value, Operator operator) {
    boolean wanted = operator == Operator.EQUAL ? value : !value;
    return column -> {
      BoolColumn flags = (BoolColumn) column;
      return row -> flags.get(row) == wanted;
    };
  }

  private static Test integer(Condition.Whole whole) {
    long value = whole.value();
    Operator operator = whole.operator();
    return column ->
        switch (column) {
          case Int32Column ints -> row -> operator.holds(Long.compare(ints.get(row), value));
          case Int64Column longs -> row -> operator.holds(Long.compare(longs.get(row), value));
          default -> NEVER;
        };
  }

  private static Test float32(float value, Operator operator) {
    return column -> {
      Float32Column floats = (Float32Column) column;
      return row -> holds(floats.get(row), value, operator);
    };
  }

  private static Test float64(double value, Operator operator) {
    return column -> {
      Float64Column doubles = (Float64Column) column;
      return row -> holds(doubles.get(row), value, operator);
    };
  }

  private static Test list(double value, Operator operator) {
    return column -> {
      Float64ListColumn lists = (Float64ListColumn) column;
      return row -> {
        for (int i = 0; i < lists.length(row); i++) {
          if (holds(lists.get(row, i), value, operator)) {
            return true;
          }
        }
        return false;
      };
    };
  }

  /** NaN is as itself here, and neither more nor less than anything; zeros are equal. */
  private static boolean holds(double there, double value, Operator operator) {
    if (Double.isNaN(there) || Double.isNaN(value)) {
      boolean both = Double.isNaN(there) && Double.isNaN(value);
      return operator == Operator.EQUAL ? both : operator == Operator.OTHER && !both;
    }
    return operator.holds(there < value ? -1 : there > value ? 1 : 0);
  }

  private static Test string(String value, Operator operator) {
    return column -> {
      StringColumn texts = (StringColumn) column;
      if (!texts.isDictionaryEncoded()) {
        return row -> operator.holds(texts.get(row), value);
      }
      // Once for each distinct value, when it is first met.
      byte[] known = new byte[texts.dictionarySize()];
      return row -> {
        int entry = texts.dictionaryIndex(row);
        if (known[entry] == 0) {
          known[entry] = (byte) (operator.holds(texts.get(row), value) ? 1 : -1);
        }
        return known[entry] > 0;
      };
    };
  }

  private static Test binary(byte[] value, Operator operator) {
    Comparator<byte[]> bytes = Arrays::compareUnsigned;
    return column -> {
      BinaryColumn binaries = (BinaryColumn) column;
      return row -> operator.holds(bytes.compare(binaries.get(row), value));
    };
  }
}
