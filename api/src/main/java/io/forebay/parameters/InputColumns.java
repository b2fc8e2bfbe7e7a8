package io.forebay.parameters;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.text.Nearest;
import java.util.List;

/** The columns that parameters name. */
public final class InputColumns {
  private InputColumns() {}

  /**
   * The column that a parameter names.
   *
   * @throws ConfigurationException if there is none; it says which one may be meant
   */
  public static Field find(Schema input, String parameter, String name) {
    if (input.has(name)) {
      return input.field(name);
    }
    throw new ConfigurationException(
        "there is no column '"
            + name
            + "', which the parameter "
            + parameter
            + " names: "
            + meant(input, name));
  }

  /** Which column may be meant by a name that none has, and which there are. */
  public static String meant(Schema input, String name) {
    List<String> names = input.fields().stream().map(Field::name).toList();
    return "there are "
        + String.join(", ", names)
        + Nearest.to(name, names).map(nearest -> "; did you mean '" + nearest + "'?").orElse("");
  }

  /**
   * The column of numbers that a parameter names.
   *
   * @throws ConfigurationException if there is none, or it is of another type
   */
  public static Field number(Schema input, String parameter, String name) {
    Field field = find(input, parameter, name);
    if (!field.type().isNumber()) {
      throw new ConfigurationException(
          "a column of numbers is needed, but '"
              + name
              + "' is "
              + field.type()
              + ": declare it as float64, or name another one with the parameter '"
              + parameter
              + "'");
    }
    return field;
  }

  /**
   * The column of lists that a parameter names.
   *
   * @throws ConfigurationException if there is none, or it is of another type
   */
  public static Field list(Schema input, String parameter, String name) {
    Field field = find(input, parameter, name);
    if (field.type() != ColumnType.FLOAT64_LIST) {
      throw new ConfigurationException(
          "a column of lists is needed, but '"
              + name
              + "' is "
              + field.type()
              + ": declare it as list-float64, or name another one with the parameter '"
              + parameter
              + "'");
    }
    return field;
  }
}
