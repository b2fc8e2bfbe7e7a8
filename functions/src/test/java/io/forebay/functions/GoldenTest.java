package io.forebay.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Batches;
import io.forebay.testkit.FunctionResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Results by other means: exact fractions, SQLite, plain Python. */
class GoldenTest {
  @Test
  void formulas_give_the_true_result_when_it_is_computed_with_fractions() throws Exception {
    Map<List<String>, List<List<String>>> cases = new LinkedHashMap<>();
    for (List<String> line : Golden.table("formulas.tsv")) {
      cases.computeIfAbsent(line.subList(0, 2), _ -> new ArrayList<>()).add(line);
    }
    assertThat(cases).hasSizeGreaterThan(30);
    for (Map.Entry<List<String>, List<List<String>>> each : cases.entrySet()) {
      List<List<String>> lines = each.getValue();
      double[] xs = lines.stream().mapToDouble(line -> Double.parseDouble(line.get(2))).toArray();

      FunctionResult result =
          Batches.apply(
              function(each.getKey().get(0), each.getKey().get(1)), Batches.of("value", xs));

      assertThat(result.rejected()).as(each.getKey().toString()).isEmpty();
      String as = result.batch().schema().field(1).name();
      for (int row = 0; row < xs.length; row++) {
        assertThat(result.batch().float64(as).get(row))
            .as("%s of %s", each.getKey(), xs[row])
            .isCloseTo(
                Double.parseDouble(lines.get(row).get(3)),
                within(Double.parseDouble(lines.get(row).get(4))));
      }
    }
  }

  private static BatchFunction function(String name, String parameters) throws Exception {
    Map<String, String> map = new HashMap<>();
    for (String each : parameters.split(";", -1)) {
      int colon = each.indexOf(':');
      map.put(each.substring(0, colon), each.substring(colon + 1));
    }
    return Class.forName("io.forebay.functions." + name)
        .asSubclass(BatchFunction.class)
        .getConstructor(Map.class)
        .newInstance(map);
  }

  @Test
  void samples_are_those_of_python_when_keys_have_texts_numbers_and_nulls() throws Exception {
    Schema schema =
        Schema.of(
            Field.nullable("sensor", ColumnType.STRING),
            Field.nullable("time", ColumnType.TIMESTAMP_NS),
            Field.nullable("value", ColumnType.FLOAT64));
    int kept = 0;
    for (List<String> line : Golden.table("samples.tsv")) {
      Batch row =
          Batches.of(
              schema,
              Batches.row(
                  Golden.text(line.get(0)), Golden.whole(line.get(1)), Golden.number(line.get(2))));
      Map<String, String> parameters =
          Map.of("key", "sensor, time,value", "seed", line.get(3), "share", line.get(4));

      FunctionResult result = Batches.apply(new SampleByKey(parameters), row);

      assertThat(result.batch().rows() == 1)
          .as(line.toString())
          .isEqualTo(line.get(5).equals("True"));
      kept += result.batch().rows();
    }
    assertThat(kept).isBetween(100, 300);
  }

  @Test
  void conditions_hold_where_they_do_in_sqlite() throws Exception {
    Batch rows = conditionRows();
    for (List<String> line : Golden.table("conditions.tsv")) {
      FunctionResult result = Batches.apply(new Filter(Map.of("where", line.get(0))), rows);

      assertThat(String.join(",", result.inputRows().stream().map(String::valueOf).toList()))
          .as(line.get(0))
          .isEqualTo(line.get(1));
    }
  }

  /** The rows on which the conditions are tested. */
  static Batch conditionRows() throws Exception {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<String> line : Golden.table("conditions-rows.tsv")) {
      rows.add(
          Batches.row(
              Golden.whole(line.get(0)),
              Golden.number(line.get(1)),
              Golden.text(line.get(2)),
              Golden.bool(line.get(3))));
    }
    return Batches.of(
        Schema.of(
            Field.nullable("count", ColumnType.INT64),
            Field.nullable("value", ColumnType.FLOAT64),
            Field.nullable("text", ColumnType.STRING),
            Field.nullable("flag", ColumnType.BOOL)),
        rows);
  }
}
