package io.forebay.columns;

import io.forebay.errors.ConfigurationException;

/**
 * A named, typed column.
 *
 * @param nullable whether a row may be without a value
 */
public record Field(String name, ColumnType type, boolean nullable) {
  /** Names that begin so belong to the engine and are refused in schemas of users. */
  public static final String RESERVED_PREFIX = "forebay:";

  public Field {
    if (name.isEmpty()) {
      throw new ConfigurationException("a field has an empty name: give it one");
    }
  }

  /** A field in which every row has a value. */
  public static Field of(String name, ColumnType type) {
    return new Field(name, type, false);
  }

  /** A field in which rows may be null. */
  public static Field nullable(String name, ColumnType type) {
    return new Field(name, type, true);
  }

  // Written out: the first use of what the compiler makes takes a starting worker 10 ms.
  @Override
  public boolean equals(Object other) {
    return other instanceof Field field
        && name.equals(field.name)
        && type == field.type
        && nullable == field.nullable;
  }

  @Override
  public int hashCode() {
    return (name.hashCode() * 31 + type.hashCode()) * 2 + (nullable ? 1 : 0);
  }

  @Override
  public String toString() {
    return name + ": " + type + (nullable ? "?" : "");
  }
}
