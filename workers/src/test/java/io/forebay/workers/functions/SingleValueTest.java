package io.forebay.workers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forebay.Schema;
import io.forebay.ValueFunction;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.BatchPool;
import io.forebay.workers.CallPool;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.Pools;
import io.forebay.workers.api.BatchResult;
import io.forebay.workers.api.FunctionSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SingleValueTest {
  private static final List<Object> SEEN = new ArrayList<>();

  public static final class Longs implements ValueFunction<Long, Long> {
    @Override
    public Long apply(Long value) {
      return note(value);
    }
  }

  public static final class Doubles implements ValueFunction<Double, Double> {
    @Override
    public Double apply(Double value) {
      return note(value);
    }
  }

  public static final class Instants implements ValueFunction<Instant, Instant> {
    @Override
    public Instant apply(Instant value) {
      return note(value);
    }
  }

  private static <T> T note(T value) {
    SEEN.add(value);
    return value;
  }

  static List<Arguments> widening() {
    Instant second = Instant.ofEpochSecond(-2);
    return List.of(
        Arguments.of(Longs.class, ColumnType.INT32, -2L, -2L),
        Arguments.of(Longs.class, ColumnType.INT64, -2L, -2L),
        Arguments.of(Longs.class, ColumnType.TIMESTAMP_US, -2L, -2L),
        Arguments.of(Doubles.class, ColumnType.INT32, -2L, -2.0),
        Arguments.of(Doubles.class, ColumnType.FLOAT32, 0.5, 0.5),
        Arguments.of(Doubles.class, ColumnType.FLOAT64, 0.1, 0.1),
        Arguments.of(Instants.class, ColumnType.TIMESTAMP_MS, -2_000L, second),
        Arguments.of(Instants.class, ColumnType.TIMESTAMP_US, -2_000_000L, second),
        Arguments.of(Instants.class, ColumnType.TIMESTAMP_NS, -2_000_000_000L, second));
  }

  @ParameterizedTest
  @MethodSource("widening")
  void reads_every_column_that_can_hold_its_values(
      Class<?> function, ColumnType type, Number stored, Object expected) throws Exception {
    SEEN.clear();
    Schema input = Schema.of(Field.nullable("value", type));
    try (BatchPool pool = Pools.threads().batches(function.getName(), input).workers(1).start();
        BatchResult result =
            pool.submit(
                    rows -> {
                      if (stored instanceof Long number) {
                        rows.setLong(0, number);
                      } else {
                        rows.setDouble(0, stored.doubleValue());
                      }
                      rows.append();
                      rows.append(); // Without a value.
                    })
                .get()) {
      assertThat(SEEN).containsExactly(expected, null);
      Column results = result.batch().column(result.batch().schema().indexOf("result"));
      assertThat(results.isNull(0)).isFalse();
      assertThat(results.isNull(1)).isTrue();
    }
  }

  public static final class Booleans implements ValueFunction<Boolean, Boolean> {
    @Override
    public Boolean apply(Boolean value) {
      return value;
    }
  }

  public static final class Floats implements ValueFunction<Float, Float> {
    @Override
    public Float apply(Float value) {
      return value;
    }
  }

  public static final class Integers implements ValueFunction<Integer, Integer> {
    @Override
    public Integer apply(Integer value) {
      return value;
    }
  }

  public static final class Texts implements ValueFunction<String, String> {
    @Override
    public String apply(String value) {
      return value;
    }
  }

  public static final class Bytes implements ValueFunction<byte[], byte[]> {
    @Override
    public byte[] apply(byte[] value) {
      return value;
    }
  }

  public static final class Arrays implements ValueFunction<double[], double[]> {
    @Override
    public double[] apply(double[] value) {
      return value;
    }
  }

  static List<Arguments> values() {
    return List.of(
        Arguments.of(Booleans.class, true),
        Arguments.of(Integers.class, Integer.MIN_VALUE),
        Arguments.of(Longs.class, Long.MAX_VALUE),
        Arguments.of(Floats.class, 0.1f),
        Arguments.of(Doubles.class, -0.0),
        Arguments.of(Texts.class, "Größe 🌊"),
        Arguments.of(Bytes.class, "bytes".getBytes(StandardCharsets.UTF_8)),
        Arguments.of(Arrays.class, new double[] {1.5, Double.NaN}),
        Arguments.of(Instants.class, Instant.ofEpochSecond(-1, 999_999_000)));
  }

  @ParameterizedTest
  @MethodSource("values")
  @SuppressWarnings("unchecked") // Of the function's own type.
  void comes_back_as_it_was(Class<?> function, Object value) throws Exception {
    try (CallPool<Object, Object> pool =
        Pools.threads()
            .calls((Class<? extends ValueFunction<Object, Object>>) function)
            .workers(1)
            .start()) {
      assertThat(pool.call(value).get()).isEqualTo(value);
    }
  }

  @Test
  void is_refused_where_the_column_holds_more_than_its_values() {
    Schema input = Schema.of(Field.of("value", ColumnType.FLOAT64));
    FunctionSpec function = FunctionSpec.of(Longs.class.getName());
    assertThat(
            catchThrowableOfType(
                ConfigurationException.class, () -> FunctionBinder.bind(function, input)))
        .hasMessageContaining("is Long, which is read from a column 'value'");
  }
}
