package io.forebay.functions.internal.conditions;

import io.forebay.Schema;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.InputColumns;

/**
 * A column that a condition names.
 *
 * @param at where, counted from 1
 */
record ColumnName(String name, int at) {
  Field in(Schema input) {
    if (!input.has(name)) {
      throw new ConfigurationException(
          "the condition names '"
              + name
              + "' at character "
              + at
              + ", which is no column: "
              + InputColumns.meant(input, name));
    }
    return input.field(name);
  }
}
