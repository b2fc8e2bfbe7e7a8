package io.forebay.functions.sql;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SQL over the records: <a href="https://duckdb.org/docs/stable/sql/introduction">DuckDB's</a>, on
 * the columns where they lie. The statement reads the table {@code batch}, and small tables out of
 * files if it has some:
 *
 * <pre>{@code
 * select *, round((value - 20) / 60, 4) as normalized from batch
 * select *, site from batch left join sites using (sensorId) where value > limit
 * }</pre>
 *
 * <p>Each record is computed from itself and the tables alone, so that results do not depend on how
 * records are divided into batches: window functions, {@code limit}, {@code distinct}, random
 * numbers, clocks and a second look at {@code batch} are refused at the start. A record for which
 * the statement has no row is left out; one for which it has several is rejected. A record that
 * cannot be computed (a text that is no number) is rejected with what DuckDB says.
 *
 * <p>What is selected is added to the record, or replaces the column of that name; columns that are
 * not selected pass through all the same. Results may be null. Decimals become float64.
 */
public final class Sql implements BatchFunction, AutoCloseable {
  private static final Parameter<String> SQL =
      Parameter.text("sql", "The statement.", "a statement: select … from batch");
  private static final Parameter<Tables> TABLES =
      Parameter.of(
              "tables",
              "Small tables to join, read once for each worker: names and files, from the folder in"
                  + " which Forebay is started.",
              new Tables.Type())
          .optional("none");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "SQL over the records, computed by DuckDB; small tables can be joined.", SQL, TABLES)
          .formula("the statement's")
          .reads("what the statement names")
          .adds("what the statement selects besides the columns that there are")
          .example(
              "{ name: enrich, cpu: io.forebay.functions.sql.Sql, parameters: { sql: \"select *,"
                  + " round((value - 20) / 60, 4) as normalized from batch\" } }");

  private final String sql;
  private final Tables tables;
  private @Nullable Schema input;
  private @Nullable BatchQuery query;

  /** Reads the parameters. */
  public Sql(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(Sql.class, parameters);
    this.sql = values.get(SQL);
    this.tables = values.find(TABLES).orElse(new Tables(Map.of()));
  }

  /** Opens DuckDB, reads the tables and prepares the statement. */
  @Override
  public Schema outputs(Schema schema) {
    BatchQuery prepared = query;
    if (prepared == null || input == null || !schema.equals(input)) {
      close();
      prepared = BatchQuery.of(sql, tables, schema);
      query = prepared;
      input = schema;
    }
    return Schema.of(prepared.fields());
  }

  @Override
  public RowShape rowShape() {
    return RowShape.FEWER;
  }

  @Override
  public void apply(Batch in, BatchWriter out) throws IOException {
    BatchQuery prepared = query;
    if (prepared == null) {
      throw new IllegalStateException("outputs(schema) has not been called");
    }
    try {
      prepared.apply(in, out);
    } catch (IOException e) {
      if (in.rows() > 1) {
        throw e; // The engine finds the record that it is about, and comes back with it alone.
      }
      out.reject(0, "the sql cannot be computed: " + SqlMessage.oneLine(e));
    }
  }

  /** Gives back DuckDB's memory. */
  @Override
  public void close() {
    if (query != null) {
      query.close();
      query = null;
    }
  }
}
