package io.forebay;

import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns of a batch, in order. Names are unique. Immutable. */
public final class Schema {
  private final List<Field> fields;
  private final Map<String, Integer> indexes;

  private Schema(List<Field> fields) {
    this.fields = List.copyOf(fields);
    Map<String, Integer> byName = new LinkedHashMap<>();
    for (Field field : this.fields) {
      if (byName.put(field.name(), byName.size()) != null) {
        throw new ConfigurationException(
            "the field '" + field.name() + "' appears twice in a schema: rename one of them");
      }
    }
    this.indexes = byName;
  }

  /** A schema of these fields. */
  public static Schema of(Field... fields) {
    return new Schema(List.of(fields));
  }

  /** A schema of these fields. */
  public static Schema of(List<Field> fields) {
    return new Schema(fields);
  }

  /** The fields, in order. */
  public List<Field> fields() {
    return fields;
  }

  /** How many fields there are. */
  public int size() {
    return fields.size();
  }

  /** The field at {@code index}. */
  public Field field(int index) {
    return fields.get(index);
  }

  /** The index of the field of that name, or -1. */
  public int indexOf(String name) {
    Integer index = indexes.get(name);
    return index == null ? -1 : index;
  }

  /** Whether there is a field of that name. */
  public boolean has(String name) {
    return indexes.containsKey(name);
  }

  /**
   * The field of that name.
   *
   * @throws ConfigurationException naming the fields that there are
   */
  public Field field(String name) {
    int index = indexOf(name);
    if (index < 0) {
      throw new ConfigurationException(
          "there is no field '"
              + name
              + "': the fields are "
              + String.join(", ", indexes.keySet()));
    }
    return fields.get(index);
  }

  /**
   * This schema with {@code outputs} added behind its fields; an output that has the name of a
   * field replaces it where it stands.
   *
   * @throws ConfigurationException if an output has the name of a field of another type
   */
  public Schema plus(Schema outputs) {
    List<Field> merged = new ArrayList<>(fields);
    for (Field output : outputs.fields) {
      int index = indexOf(output.name());
      if (index < 0) {
        merged.add(output);
      } else if (fields.get(index).type() == output.type()) {
        merged.set(index, output);
      } else {
        throw new ConfigurationException(
            "the output column '"
                + output.name()
                + "' is "
                + output.type()
                + " but the input column of that name is "
                + fields.get(index).type()
                + ": give the output another name or the same type");
      }
    }
    return new Schema(merged);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Schema schema && fields.equals(schema.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return fields.toString();
  }
}
