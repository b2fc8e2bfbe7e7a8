package io.forebay.config.values;

import io.forebay.columns.ColumnType;

/**
 * The type of a field of a file.
 *
 * @param nullable whether the value may be missing, written with a {@code ?} behind the type
 */
public record FieldType(ColumnType type, boolean nullable) {
  public static FieldType parse(String text) {
    boolean nullable = text.endsWith("?");
    String name = nullable ? text.substring(0, text.length() - 1) : text;
    for (ColumnType type : ColumnType.values()) {
      if (type.text().equals(name)) {
        return new FieldType(type, nullable);
      }
    }
    throw new IllegalArgumentException(text);
  }

  @Override
  public String toString() {
    return type.text() + (nullable ? "?" : "");
  }
}
