package io.forebay.parameters;

import io.forebay.columns.ColumnType;
import java.util.List;

/** Types of columns. */
record ColumnTypes(List<ColumnType> types) implements ParameterType<ColumnType> {
  private ChoiceType names() {
    return new ChoiceType(types.stream().map(ColumnType::text).toList());
  }

  @Override
  public String noun() {
    return names().noun();
  }

  @Override
  public String advice() {
    return names().advice();
  }

  @Override
  public ColumnType parse(String text) {
    return ColumnType.parse(names().parse(text));
  }
}
