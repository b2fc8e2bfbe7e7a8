package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RecordRejectedException;
import io.forebay.functions.LectureFeaturesPerRecord.Features;
import io.forebay.functions.LectureFeaturesPerRecord.Reading;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionContract;
import io.forebay.testkit.FunctionResult;
import io.forebay.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LectureFeaturesTest {
  private static final long SEED = Seed.of(36);

  /** Good values and bad ones, as a live stream mixes them. */
  private static Batch mixedReadings() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Double value =
          switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> Double.NaN;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> -0.0;
            case 4 -> 1e300 * random.nextDouble();
            default -> random.nextDouble(-20, 120);
          };
      rows.add(Batches.row("sensor-" + random.nextInt(4), value));
    }
    return Batches.of(
        Schema.of(
            Field.of("sensorId", ColumnType.STRING), Field.nullable("value", ColumnType.FLOAT64)),
        rows);
  }

  @ParameterizedTest
  @CsvSource({
    // value, normalized and feature as Python prints them
    "20.0, 0.0, 0.0",
    "80.0, 1.0, 4.3944",
    "0.0, -0.3333, 0.0",
    "-0.0, -0.3333, 0.0",
    "19.999, -0.0, 0.0124",
    "-40.0, -1.0, 3.7136",
    "21.5, 0.025, 0.4923",
    "1e300, 1.6666666666666667e298, 8.917873718391395e151",
  })
  void computes_what_python_prints(double value, double normalized, double feature)
      throws Exception {
    FunctionResult result = Batches.apply(new LectureFeatures(), Batches.of("value", value));

    assertThat(result.rows())
        .containsExactly(Map.of("value", value, "normalized", normalized, "feature", feature));
    assertThat(new LectureFeaturesPerRecord().apply(new Reading(value)))
        .isEqualTo(new Features(normalized, feature));
  }

  @Test
  void keeps_the_contract_when_values_are_good_and_bad() {
    FunctionContract.check(LectureFeatures::new, mixedReadings());
    FunctionContract.check(
        LectureFeaturesPerRecord::new,
        Batches.rows(mixedReadings()).stream()
            .map(row -> new Reading((Double) row.get("value")))
            .toList());
  }

  @Test
  void both_kinds_agree_when_values_are_good_and_bad() throws Exception {
    Batch readings = mixedReadings();
    FunctionResult result = Batches.apply(new LectureFeatures(), readings);

    int next = 0;
    for (int row = 0; row < readings.rows(); row++) {
      Reading reading = new Reading((Double) Batches.row(readings, row).get("value"));
      try {
        Features features = new LectureFeaturesPerRecord().apply(reading);
        assertThat(features)
            .isEqualTo(
                new Features(
                    result.batch().float64("normalized").get(next),
                    result.batch().float64("feature").get(next)));
        next++;
      } catch (RecordRejectedException rejected) {
        assertThat(result.rejected()).containsEntry(row, rejected.getMessage());
      }
    }
    assertThat(next).isEqualTo(result.batch().rows());
  }

  @Test
  void rejects_with_a_sentence_when_the_value_is_not_finite() throws Exception {
    Batch readings =
        Batches.of(
            Schema.of(Field.nullable("value", ColumnType.FLOAT64)),
            Batches.row(20.0),
            Batches.row((Object) null),
            Batches.row(Double.NaN),
            Batches.row(Double.POSITIVE_INFINITY));

    FunctionResult result = Batches.apply(new LectureFeatures(), readings);

    assertThat(result.batch().rows()).isEqualTo(1);
    assertThat(result.rejected())
        .isEqualTo(
            Map.of(
                1, "'value' is null, but the feature needs a finite number",
                2, "'value' is NaN, but the feature needs a finite number",
                3, "'value' is Infinity, but the feature needs a finite number"));
  }

  @ParameterizedTest
  @EnumSource
  void accepts_every_numeric_type_and_no_other(ColumnType type) throws Exception {
    Schema input = Schema.of(Field.of("value", type));
    if (type.isNumber()) {
      FunctionResult result =
          Batches.apply(new LectureFeatures(), Batches.of(input, Batches.row(80)));
      assertThat(result.batch().float64("normalized").get(0)).isEqualTo(1.0);
    } else {
      assertThatThrownBy(() -> new LectureFeatures().outputs(input))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("'value' is " + type);
    }
  }

  @Test
  void reads_another_column_when_the_parameter_names_it() throws Exception {
    LectureFeatures function = new LectureFeatures(Map.of("column", "temperature"));

    FunctionResult result = Batches.apply(function, Batches.of("temperature", 80.0));

    assertThat(result.batch().float64("normalized").get(0)).isEqualTo(1.0);
    assertThatThrownBy(() -> function.outputs(Schema.of(Field.of("value", ColumnType.FLOAT64))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("temperature");
  }

  @Test
  void refuses_when_a_parameter_is_unknown() {
    assertThatThrownBy(() -> new LectureFeatures(Map.of("colum", "x")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("LectureFeatures has no parameter 'colum': its only parameter is 'column'");
  }
}
