package io.forebay.connectors.mqtt.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Batches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicTemplateTest {
  private static final Schema SCHEMA =
      Schema.of(
          Field.nullable("sensorId", ColumnType.STRING),
          Field.of("line", ColumnType.INT32),
          Field.of("value", ColumnType.FLOAT64));

  @Test
  void puts_the_fields_of_the_row_in() {
    TopicTemplate template = new TopicTemplate("out/{line}/{sensorId}/v");
    template.bind(SCHEMA);
    Batch batch =
        Batches.of(
            SCHEMA,
            Batches.row("hall-a", 7, 1.0),
            Batches.row(null, -1, 1.0),
            Batches.row("", 0, 1.0),
            Batches.row("a/+#b", 0, 1.0),
            Batches.row("x".repeat(1000), 0, 1.0));

    assertThat(template.of(batch, 0)).isEqualTo("out/7/hall-a/v");
    assertThat(template.of(batch, 1)).isEqualTo("out/-1/_/v");
    assertThat(template.of(batch, 2)).isEqualTo("out/0/_/v");
    assertThat(template.of(batch, 3)).isEqualTo("out/0/a___b/v");
    assertThat(template.of(batch, 4)).isEqualTo("out/0/" + "x".repeat(256) + "/v");
  }

  @Test
  void makes_no_topic_of_the_broker_when_a_value_begins_with_a_dollar_sign() {
    TopicTemplate template = new TopicTemplate("{sensorId}/v");
    template.bind(SCHEMA);

    assertThat(template.of(Batches.of(SCHEMA, Batches.row("$SYS", 0, 1.0)), 0)).isEqualTo("_SYS/v");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/+", "a/#", "a/{b", "a/b}", "{a{b}}"})
  void refuses_when_the_template_is_wrong(String text) {
    assertThatThrownBy(() -> new TopicTemplate(text)).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void refuses_when_a_field_is_missing_or_has_no_text() {
    assertThatThrownBy(() -> new TopicTemplate("out/{room}").bind(SCHEMA))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("room");
    assertThatThrownBy(() -> new TopicTemplate("out/{value}").bind(SCHEMA))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("float64");
  }
}
