package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RecordRejectedException;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final Schema INPUT =
      Schema.of(
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64));
  private static final List<String> ASKED =
      Stream.concat(Statistics.names().stream(), Stream.of("p1", "p95", "p99_9")).toList();

  private record Reading(long time, Double value) {}

  private static Batch batch(List<Reading> readings) {
    HeapBatchBuilder builder = new HeapBatchBuilder(INPUT, false);
    for (int i = 0; i < readings.size(); i++) {
      builder.setLong(0, readings.get(i).time);
      if (readings.get(i).value != null) {
        builder.setDouble(1, readings.get(i).value);
      }
      builder.append(i + 1L, 0);
    }
    return builder.build();
  }

  private static Statistics statistics(String names) {
    Statistics made = new Statistics(Map.of("statistics", names));
    made.outputs(INPUT);
    return made;
  }

  /** In one piece for each of these lists, each piece written and read again. */
  private static Map<String, Double> results(List<List<Reading>> parts) {
    Statistics statistics = statistics(String.join(",", ASKED));
    Gathered all = statistics.init();
    try {
      for (List<Reading> part : parts) {
        Gathered partial = statistics.init();
        statistics.begin(batch(part));
        for (int row = 0; row < part.size(); row++) {
          statistics.add(partial, row);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        statistics.write(partial, new DataOutputStream(bytes));
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        statistics.merge(all, statistics.read(in));
        assertThat(in.available()).isZero();
      }
    } catch (IOException | RecordRejectedException e) {
      throw new AssertionError(e);
    }
    Map<String, Double> results = new HashMap<>();
    statistics.result(
        all,
        new Accumulator.Row() {
          @Override
          public void setDoubles(int column, double[] values) {
            throw new AssertionError("no statistic is a list");
          }

          @Override
          public void setBool(int column, boolean value) {
            throw new AssertionError("no statistic is a bool");
          }

          @Override
          public void setLong(int column, long value) {
            results.put(ASKED.get(column), (double) value);
          }

          @Override
          public void setDouble(int column, double value) {
            results.put(ASKED.get(column), value);
          }

          @Override
          public void setString(int column, String value) {
            throw new AssertionError("no statistic is a text");
          }
        });
    return results;
  }

  private static Map<String, Double> results(Reading... readings) {
    return results(List.of(List.of(readings)));
  }

  @Test
  void equals_exact_arithmetic_to_the_last_bit() throws IOException {
    String golden =
        new String(
            Objects.requireNonNull(
                    StatisticsTest.class.getResourceAsStream("statistics-golden.txt"))
                .readAllBytes(),
            StandardCharsets.UTF_8);
    List<String> names =
        List.of(
            "sum",
            "mean",
            "variance",
            "variance_population",
            "sd",
            "sd_population",
            "slope",
            "p1",
            "median",
            "p95",
            "p99_9",
            "distinct");
    for (String line : golden.lines().toList()) {
      String[] sides = line.split(" = ", -1);
      String[] of = sides[0].split(" @ ", -1);
      double[] values = Arrays.stream(of[0].split(" ")).mapToDouble(Double::parseDouble).toArray();
      long[] times = Arrays.stream(of[1].split(" ")).mapToLong(Long::parseLong).toArray();
      List<Reading> readings = new ArrayList<>();
      for (int i = 0; i < values.length; i++) {
        readings.add(new Reading(times[i], values[i]));
      }
      Map<String, Double> found = results(List.of(readings));
      String[] wanted = sides[1].split(" ", -1);
      for (int i = 0; i < wanted.length; i++) {
        Double value = wanted[i].equals("-") ? null : (Double) Double.parseDouble(wanted[i]);
        assertThat(found.get(names.get(i))).as("%s of %s", names.get(i), line).isEqualTo(value);
      }
    }
  }

  @Test
  void is_the_same_in_any_order_and_from_any_parts() {
    Random random = new Random(Seed.of(7));
    for (int round = 0; round < 200; round++) {
      List<Reading> readings = new ArrayList<>();
      for (int i = 1 + random.nextInt(60); i > 0; i--) {
        double value = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
        readings.add(new Reading(random.nextInt(20) - 10, random.nextInt(9) == 0 ? null : value));
      }
      Map<String, Double> whole = results(List.of(readings));
      List<Reading> shuffled = new ArrayList<>(readings);
      Collections.shuffle(shuffled, random);
      List<List<Reading>> parts = new ArrayList<>();
      for (int from = 0; from < shuffled.size(); ) {
        int to = Math.min(shuffled.size(), from + 1 + random.nextInt(10));
        parts.add(shuffled.subList(from, to));
        from = to;
      }
      assertThat(results(parts)).isEqualTo(whole);
    }
  }

  @Test
  void takes_the_first_and_the_last_by_their_times() {
    assertThat(results(new Reading(30, 3.0), new Reading(-10, 1.0), new Reading(20, 9.0)))
        .containsEntry("first", 1.0)
        .containsEntry("last", 3.0)
        .containsEntry("min", 1.0)
        .containsEntry("max", 9.0)
        .containsEntry("range", 8.0)
        .containsEntry("count", 3.0);
    assertThat(results(new Reading(5, 2.0), new Reading(5, 4.0), new Reading(5, 3.0)))
        .as("of several at the same time the least and the greatest")
        .containsEntry("first", 2.0)
        .containsEntry("last", 4.0)
        .doesNotContainKey("slope");
  }

  @Test
  void has_no_result_but_the_count_where_there_are_no_values() {
    assertThat(results(new Reading(1, null))).isEqualTo(Map.of("count", 0.0, "distinct", 0.0));
    assertThat(results(new Reading(1, 4.0)))
        .containsEntry("sd_population", 0.0)
        .doesNotContainKey("sd");
  }

  @Test
  void rejects_what_is_no_finite_number() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Statistics statistics = statistics("mean");
      statistics.begin(batch(List.of(new Reading(1, value))));
      assertThatThrownBy(() -> statistics.add(statistics.init(), 0))
          .isInstanceOf(RecordRejectedException.class)
          .hasMessage("'value' is " + value + ", and statistics are of finite numbers");
    }
  }

  @Test
  void counts_different_texts_bools_and_whole_numbers() throws RecordRejectedException {
    Schema schema =
        Schema.of(
            Field.of("timestamp", ColumnType.TIMESTAMP_MS),
            Field.nullable("text", ColumnType.STRING),
            Field.of("bool", ColumnType.BOOL),
            Field.of("whole", ColumnType.INT64));
    HeapBatchBuilder builder = new HeapBatchBuilder(schema, false);
    for (int i = 0; i < 1_000; i++) {
      builder.setLong(0, i);
      if (i % 10 != 0) {
        builder.setString(1, "a state of a machine, the one of number " + i % 7);
      }
      builder.setBool(2, true);
      // As doubles they would be the same.
      builder.setLong(3, Long.MAX_VALUE - i % 500);
      builder.append(i + 1L, 0);
    }
    Batch batch = builder.build();
    Map<String, Long> different = new HashMap<>();
    for (String of : List.of("text", "bool", "whole")) {
      Statistics statistics = new Statistics(Map.of("of", of, "statistics", "count,distinct"));
      assertThat(statistics.outputs(schema).fields())
          .containsExactly(
              Field.of("count", ColumnType.INT64), Field.of("distinct", ColumnType.INT64));
      Gathered partial = statistics.init();
      statistics.begin(batch);
      for (int row = 0; row < batch.rows(); row++) {
        statistics.add(partial, row);
      }
      different.put(of, partial.different());
      assertThat(partial.moments().count).isEqualTo(of.equals("text") ? 900 : 1_000);
    }
    assertThat(different).isEqualTo(Map.of("text", 7L, "bool", 1L, "whole", 500L));
  }

  @Test
  void refuses_other_statistics_of_what_is_no_number() {
    Schema schema =
        Schema.of(
            Field.of("timestamp", ColumnType.TIMESTAMP_MS),
            Field.of("state", ColumnType.STRING),
            Field.of("samples", ColumnType.FLOAT64_LIST));
    assertThatThrownBy(() ->
            new Statistics(Map.of("of", "state", "statistics", "distinct,median")).outputs(schema))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the column 'state' is string, and statistics other than count and distinct are of"
                + " numbers: name another one as of");
    assertThatThrownBy(
            () -> new Statistics(Map.of("of", "samples", "statistics", "count")).outputs(schema))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the column 'samples' is list-float64, and statistics are of numbers: name another one"
                + " as of");
  }

  @Test
  void knows_percentiles_between_0_and_100() {
    assertThat(List.of("p1", "p50", "p99", "p99_9", "p0_1", "p99_999", "median"))
        .allMatch(Statistics::has);
    assertThat(List.of("p", "p0", "p100", "p05", "p99_90", "p99.9", "p-1", "p1_0001", "P50"))
        .noneMatch(Statistics::has);
  }

  @Test
  void refuses_what_it_does_not_know() {
    assertThatThrownBy(() -> statistics("count,middle"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("there is no statistic 'middle': the statistics are count, sum");
    assertThatThrownBy(() -> statistics("count,count"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("a statistic is named twice in 'count,count': remove one of them");
    assertThatThrownBy(() -> new Statistics(Map.of("of", "pressure")).outputs(INPUT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no field 'pressure'");
  }
}
