package io.forebay.workers.internal.binding;

import io.forebay.columns.ColumnType;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The Java types that components of mapped records can have, and the columns that they hold. */
enum ComponentType {
  BOOLEAN(boolean.class, Boolean.class, ColumnType.BOOL, EnumSet.of(ColumnType.BOOL)),
  INT(int.class, Integer.class, ColumnType.INT32, EnumSet.of(ColumnType.INT32)),
  LONG(
      long.class,
      Long.class,
      ColumnType.INT64,
      EnumSet.of(
          ColumnType.INT32,
          ColumnType.INT64,
          ColumnType.TIMESTAMP_MS,
          ColumnType.TIMESTAMP_US,
          ColumnType.TIMESTAMP_NS)),
  FLOAT(float.class, Float.class, ColumnType.FLOAT32, EnumSet.of(ColumnType.FLOAT32)),
  DOUBLE(
      double.class,
      Double.class,
      ColumnType.FLOAT64,
      EnumSet.of(ColumnType.INT32, ColumnType.FLOAT32, ColumnType.FLOAT64)),
  STRING(null, String.class, ColumnType.STRING, EnumSet.of(ColumnType.STRING)),
  BYTES(null, byte[].class, ColumnType.BINARY, EnumSet.of(ColumnType.BINARY)),
  DOUBLES(null, double[].class, ColumnType.FLOAT64_LIST, EnumSet.of(ColumnType.FLOAT64_LIST)),
  INSTANT(
      null,
      Instant.class,
      ColumnType.TIMESTAMP_US,
      EnumSet.of(ColumnType.TIMESTAMP_MS, ColumnType.TIMESTAMP_US, ColumnType.TIMESTAMP_NS));

  private final @Nullable Class<?> primitive;
  private final Class<?> reference;
  private final ColumnType column;

  @SuppressWarnings("ImmutableEnumChecker") // Never changed; an EnumSet is quick.
  private final Set<ColumnType> readable;

  ComponentType(
      @Nullable Class<?> primitive,
      Class<?> reference,
      ColumnType column,
      Set<ColumnType> readable) {
    this.primitive = primitive;
    this.reference = reference;
    this.column = column;
    this.readable = readable;
  }

  /** The mapping of a Java class, primitive or boxed. */
  static Optional<ComponentType> of(Class<?> type) {
    return Arrays.stream(values())
        .filter(known -> known.primitive == type || known.reference == type)
        .findFirst();
  }

  /** All types, for messages. */
  static String known() {
    return Arrays.stream(values())
            .map(t -> (t.primitive == null ? t.reference : t.primitive).getSimpleName())
            .collect(Collectors.joining(", "))
        + " and the boxed types";
  }

  /** Whether every value of the column fits. */
  boolean reads(ColumnType type) {
    return readable.contains(type);
  }

  /**
   * The type of an output column: that of the input column it replaces if all values fit there,
   * otherwise the one that belongs to the Java type.
   */
  ColumnType output(Optional<ColumnType> replaced) {
    return replaced.filter(this::writes).orElse(column);
  }

  /** The Java type without its box. */
  Class<?> unboxed() {
    return primitive == null ? reference : primitive;
  }

  private boolean writes(ColumnType type) {
    return switch (this) {
      case INT ->
          type == ColumnType.INT32 || type == ColumnType.INT64 || type == ColumnType.FLOAT64;
      case LONG -> type == ColumnType.INT64 || type.isTimestamp();
      case FLOAT -> type == ColumnType.FLOAT32 || type == ColumnType.FLOAT64;
      case INSTANT -> type.isTimestamp();
      default -> type == column;
    };
  }
}
