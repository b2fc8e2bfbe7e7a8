package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionResult;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CastTest {
  private static final Instant NOON = Instant.parse("2025-01-01T12:00:00.123456789Z");
  private static final long NOON_MILLIS = 1_735_732_800_123L;

  private static FunctionResult cast(ColumnType from, Object value, String to, String invalid)
      throws Exception {
    Batch batch = Batches.of(Schema.of(Field.of("value", from)), Batches.row(value));
    return Batches.apply(new Cast(Map.of("to", to, "as", "x", "invalid", invalid)), batch);
  }

  static Stream<Arguments> converted() {
    return Stream.of(
        arguments(ColumnType.FLOAT64, 3.0, "int32", 3),
        arguments(ColumnType.FLOAT64, -0.0, "int64", 0L),
        arguments(ColumnType.FLOAT64, -0x1p63, "int64", Long.MIN_VALUE),
        arguments(ColumnType.INT64, -2147483648L, "int32", Integer.MIN_VALUE),
        arguments(ColumnType.STRING, " 42 ", "int64", 42L),
        arguments(ColumnType.BOOL, true, "int32", 1),
        arguments(ColumnType.FLOAT64, 0.1, "float32", 0.1f),
        arguments(ColumnType.FLOAT64, Double.NaN, "float32", Float.NaN),
        arguments(ColumnType.FLOAT32, 0.1f, "float64", (double) 0.1f),
        arguments(ColumnType.INT64, (1L << 53) + 1, "float64", 0x1p53),
        arguments(ColumnType.STRING, "1e3", "float64", 1000.0),
        arguments(ColumnType.INT32, 1, "bool", true),
        arguments(ColumnType.FLOAT64, -0.0, "bool", false),
        arguments(ColumnType.STRING, "false", "bool", false),
        arguments(ColumnType.INT64, 5L, "timestamp-ms", 5L),
        arguments(ColumnType.TIMESTAMP_NS, NOON, "timestamp-ms", NOON_MILLIS),
        arguments(ColumnType.TIMESTAMP_US, -1L, "timestamp-ms", -1L),
        arguments(ColumnType.TIMESTAMP_MS, NOON_MILLIS, "timestamp-ns", NOON_MILLIS * 1_000_000),
        arguments(
            ColumnType.STRING, "2025-01-01T13:00:00.123999+01:00", "timestamp-ms", NOON_MILLIS),
        arguments(ColumnType.TIMESTAMP_MS, NOON_MILLIS, "int64", NOON_MILLIS),
        arguments(ColumnType.FLOAT64, 0.1, "string", "0.1"),
        arguments(ColumnType.FLOAT32, 0.1f, "string", "0.1"),
        arguments(ColumnType.BOOL, false, "string", "false"),
        arguments(ColumnType.TIMESTAMP_US, -1L, "string", "1969-12-31T23:59:59.999999Z"),
        arguments(ColumnType.TIMESTAMP_NS, NOON, "string", "2025-01-01T12:00:00.123456789Z"));
  }

  @ParameterizedTest
  @MethodSource("converted")
  void converts_when_nothing_is_lost(ColumnType from, Object value, String to, Object expected)
      throws Exception {
    assertThat(cast(from, value, to, "reject").rows().getFirst()).containsEntry("x", expected);
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        arguments(ColumnType.FLOAT64, 3.5, "int32", "3.5"),
        arguments(ColumnType.FLOAT64, 0x1p63, "int64", Double.toString(0x1p63)),
        arguments(ColumnType.FLOAT64, Double.NaN, "int64", "NaN"),
        arguments(ColumnType.INT64, 1L << 31, "int32", "2147483648"),
        arguments(ColumnType.FLOAT64, 1e39, "float32", "1.0E39"),
        arguments(ColumnType.STRING, "12 C", "float64", "'12 C'"),
        arguments(ColumnType.STRING, "0x10", "int32", "'0x10'"),
        arguments(ColumnType.STRING, "yes", "bool", "'yes'"),
        arguments(ColumnType.INT32, 2, "bool", "2"),
        arguments(ColumnType.STRING, "2025-01-01 12:00", "timestamp-ms", "'2025-01-01 12:00'"),
        arguments(ColumnType.INT64, Long.MAX_VALUE, "timestamp-ms", "9223372036854775807"),
        arguments(
            ColumnType.STRING, "2300-01-01T00:00:00Z", "timestamp-ns", "'2300-01-01T00:00:00Z'"));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void rejects_or_leaves_empty_when_something_would_be_lost(
      ColumnType from, Object value, String to, String shown) throws Exception {
    assertThat(cast(from, value, to, "reject").rejected())
        .isEqualTo(Map.of(0, "'value' is " + shown + ", which cannot become " + to));
    assertThat(cast(from, value, to, "null").rows().getFirst()).containsEntry("x", null);
  }

  @Test
  void keeps_null_and_the_column_itself() throws Exception {
    Batch batch =
        Batches.of(
            Schema.of(Field.nullable("value", ColumnType.INT32)), Batches.row((Object) null));
    FunctionResult result = Batches.apply(new Cast(Map.of("to", "string", "as", "x")), batch);
    assertThat(result.rows().getFirst()).containsEntry("x", null).containsEntry("value", null);
  }
}
