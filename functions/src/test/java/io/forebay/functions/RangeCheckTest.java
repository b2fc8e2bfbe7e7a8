package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RangeCheckTest {
  private static final Batch VALUES =
      values(
          ColumnType.FLOAT64,
          20.5,
          -20.0,
          120.0,
          Math.nextUp(120.0),
          -21.0,
          null,
          Double.NaN,
          Double.POSITIVE_INFINITY);

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static <T> Batch values(ColumnType type, @Nullable T... values) {
    return Batches.of(
        Schema.of(Field.nullable("value", type)),
        Arrays.stream(values).<List<@Nullable Object>>map(each -> Batches.row(each)).toList());
  }

  private static List<@Nullable Object> results(Batch batch, String... parameters)
      throws Exception {
    FunctionResult result = Batches.apply(new RangeCheck(map(parameters)), batch);
    assertThat(result.rejected()).isEmpty();
    List<@Nullable Object> results = new ArrayList<>();
    result.rows().forEach(row -> results.add(row.get("value")));
    return results;
  }

  private static Map<String, String> map(String... parameters) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return map;
  }

  @Test
  void rejects_with_value_range_and_column_when_a_value_is_outside() throws Exception {
    FunctionResult result =
        Batches.apply(new RangeCheck(Map.of("min", "-20", "max", "120")), VALUES);

    assertThat(result.rejected())
        .isEqualTo(
            Map.of(
                3, "'value' is 120.00000000000001, but has to be from -20 to 120",
                4, "'value' is -21, but has to be from -20 to 120",
                5, "'value' is null, but a number is needed",
                6, "'value' is NaN, but a number is needed",
                7, "'value' is Infinity, but has to be from -20 to 120"));
    assertThat(result.rows())
        .containsExactly(Map.of("value", 20.5), Map.of("value", -20.0), Map.of("value", 120.0));
    assertThat(new RangeCheck(Map.of("min", "0")).outputs(VALUES.schema()).size()).isZero();
  }

  @Test
  void names_the_only_limit_when_the_other_side_is_open() throws Exception {
    assertThat(
            Batches.apply(new RangeCheck(Map.of("min", "0.5")), Batches.of("value", 0.25))
                .rejected())
        .isEqualTo(Map.of(0, "'value' is 0.25, but has to be at least 0.5"));
    assertThat(
            Batches.apply(new RangeCheck(Map.of("max", "-1")), Batches.of("value", 0)).rejected())
        .isEqualTo(Map.of(0, "'value' is 0, but has to be at most -1"));
    assertThat(
            Batches.apply(
                    new RangeCheck(Map.of("min", "0")),
                    Batches.of("value", Double.POSITIVE_INFINITY))
                .rejected())
        .isEqualTo(Map.of(0, "'value' is Infinity, but a number is needed"));
  }

  @Test
  void limits_the_value_when_it_is_to_be_clipped() throws Exception {
    assertThat(results(VALUES, "min", "-20", "max", "120", "outside", "clip", "missing", "null"))
        .containsExactly(20.5, -20.0, 120.0, 120.0, -20.0, null, null, 120.0);
  }

  @Test
  void leaves_no_value_when_it_is_to_be_null() throws Exception {
    assertThat(results(VALUES, "min", "-20", "max", "120", "outside", "null", "missing", "null"))
        .containsExactly(20.5, -20.0, 120.0, null, null, null, null, null);
  }

  @Test
  void clips_into_the_range_when_a_float32_is_not_the_limit_itself() throws Exception {
    List<@Nullable Object> clipped =
        results(values(ColumnType.FLOAT32, -1f, 1f), "min", "0.1", "max", "0.7", "outside", "clip");
    assertThat((double) (Float) clipped.get(0)).isBetween(0.1, 0.1 + 1e-8);
    assertThat((double) (Float) clipped.get(1)).isBetween(0.7 - 1e-7, 0.7);
    assertThat(
            results(
                values(ColumnType.FLOAT32, clipped.toArray(new Float[0])),
                "min",
                "0.1",
                "max",
                "0.7"))
        .isEqualTo(clipped);
  }

  @Test
  void compares_exactly_when_an_int64_is_large() throws Exception {
    long limit = 1L << 53;
    Batch batch = values(ColumnType.INT64, limit, limit + 1, Long.MAX_VALUE, Long.MIN_VALUE);
    String max = Long.toString(limit);
    assertThat(Batches.apply(new RangeCheck(Map.of("max", max)), batch).rejected().keySet())
        .containsExactlyInAnyOrder(1, 2);
    assertThat(results(batch, "max", max, "outside", "clip"))
        .containsExactly(limit, limit, limit, Long.MIN_VALUE);
  }
}
