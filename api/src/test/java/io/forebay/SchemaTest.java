package io.forebay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaTest {
  private static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  @Test
  void adds_outputs_behind_the_fields_and_replaces_in_place() {
    Schema merged =
        READING.plus(
            Schema.of(
                Field.of("feature", ColumnType.FLOAT64),
                Field.nullable("timestamp", ColumnType.TIMESTAMP_MS)));

    assertThat(merged.fields())
        .extracting(Field::toString)
        .containsExactly(
            "sensorId: string", "timestamp: timestamp-ms?", "value: float64", "feature: float64");
    assertThat(merged.indexOf("feature")).isEqualTo(3);
  }

  @Test
  void refuses_an_output_that_clashes_with_a_field_of_another_type() {
    assertThatThrownBy(() -> READING.plus(Schema.of(Field.of("value", ColumnType.STRING))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the output column 'value' is string but the input column of that name is float64:"
                + " give the output another name or the same type");
  }

  @Test
  void refuses_the_same_name_twice() {
    assertThatThrownBy(
            () -> Schema.of(Field.of("a", ColumnType.BOOL), Field.of("a", ColumnType.INT32)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'a' appears twice");
  }

  @Test
  void names_the_known_fields_and_types_when_one_is_unknown() {
    assertThatThrownBy(() -> READING.field("valu"))
        .hasMessage("there is no field 'valu': the fields are sensorId, timestamp, value");
    assertThatThrownBy(() -> ColumnType.parse("float"))
        .hasMessageStartingWith("unknown column type 'float': use one of bool, int32");
    for (ColumnType type : ColumnType.values()) {
      assertThat(ColumnType.parse(type.text())).isEqualTo(type);
    }
  }

  @Test
  void resumes_from_the_lesser_position_of_each_partition() {
    Frontier data = new Frontier(Map.of("a", new Position(10, 100), "b", new Position(5, 50)));
    Frontier rejected = new Frontier(Map.of("a", new Position(12, 120)));

    assertThat(data.min(rejected).of("a")).isEqualTo(new Position(10, 100));
    assertThat(data.min(rejected).of("b")).isEqualTo(Position.START);
    assertThat(rejected.min(data).of("a")).isEqualTo(new Position(10, 100));
    assertThat(rejected.min(data).of("b")).isEqualTo(Position.START);
  }
}
