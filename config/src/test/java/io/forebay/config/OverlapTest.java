package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Claim;
import io.forebay.connectors.duckdb.DuckDbSink;
import io.forebay.connectors.duckdb.ParquetSink;
import io.forebay.connectors.file.CsvSink;
import io.forebay.connectors.file.FileSource;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.file.JsonlSink;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.PipelineBuilder;
import io.forebay.errors.ConfigurationException;
import io.forebay.spool.SpooledSink;
import io.forebay.spool.SpooledSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No two parts of a pipeline are given the same file, whatever it is called. */
class OverlapTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(folder.resolve("in.jsonl"), "{\"a\":1}\n");
    Files.writeString(folder.resolve("out.jsonl"), "");
    Files.createLink(folder.resolve("hard.jsonl"), folder.resolve("out.jsonl"));
    Files.createSymbolicLink(folder.resolve("soft.jsonl"), folder.resolve("out.jsonl"));
    Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("later.progress"));
    Files.createSymbolicLink(folder.resolve("link"), folder);
    Files.writeString(folder.resolve("plant.yaml"), "");
  }

  private String path(String name) {
    return folder + "/" + name;
  }

  /** Adds the part that is named so. */
  private void add(PipelineBuilder to, String name, String part) {
    String path = path(part.substring(part.indexOf(' ') + 1));
    SimulatedSource simulated = new SimulatedSource(1, 1, 0, 1);
    switch (part.substring(0, part.indexOf(' '))) {
      case "jsonl" -> to.sink(name, JsonlSink.to(path));
      case "csv" -> to.sink(name, CsvSink.to(path));
      case "duckdb" -> to.sink(name, DuckDbSink.to(path, "rows"));
      case "parquet" -> to.sink(name, ParquetSink.to(path));
      case "letters" -> to.deadLetters(JsonlDeadLetters.to(path));
      case "file" -> to.source(name, FileSource.builder(path).build());
      case "spool" -> to.source(name, SpooledSource.of(simulated, Path.of(path), 1 << 20));
      case "sinkspool" ->
          to.sink(
              name,
              SpooledSink.of(
                  JsonlSink.to(path("behind " + name)),
                  Path.of(path),
                  1 << 20,
                  new SplittableRandom(1)));
      case "summary" -> to.claims("the summary", List.of(Claim.writes(Path.of(path))));
      case "pipeline" -> to.claims("the pipeline file", List.of(Claim.reads(Path.of(path))));
      default -> throw new AssertionError(part);
    }
  }

  private Pipeline pipeline(String one, String other) {
    PipelineBuilder builder =
        Pipeline.builder("p")
            .source("simulated", new SimulatedSource(1, 1, 0, 1))
            .sink("elsewhere", JsonlSink.to(path("elsewhere/x")));
    add(builder, "one", one);
    add(builder, "other", other);
    return builder.build();
  }

  @ParameterizedTest
  @CsvSource({
    "jsonl out.jsonl, csv out.jsonl, true",
    "jsonl out.jsonl, csv ./sub/../out.jsonl, true",
    "jsonl out.jsonl, csv hard.jsonl, true",
    "jsonl out.jsonl, csv soft.jsonl, true",
    "jsonl out.jsonl, csv link/link/out.jsonl, true",
    "jsonl a.jsonl, csv a.jsonl.progress, true",
    "jsonl a.jsonl, csv a.jsonl.progress.tmp, true",
    "jsonl later, csv dangling, true",
    "letters a.jsonl, jsonl a.jsonl.progress, true",
    "duckdb x, jsonl x.wal, true",
    "jsonl x.wal, duckdb x, true",
    "duckdb x, csv x.tmp, true",
    "duckdb x, duckdb x.wal, true",
    "parquet rows, jsonl rows/part-000007.parquet.tmp.progress, false",
    "parquet rows, jsonl rows/.forebay.duckdb.wal, true",
    "parquet rows, duckdb rows/.forebay.duckdb, true",
    "parquet rows, duckdb rows/.forebay, false",
    "parquet rows, jsonl rows, true",
    "parquet rows, parquet link/rows, true",
    "spool s, jsonl s/cursor, true",
    "spool s, jsonl s/sub/anything, true",
    "spool s, jsonl s.ledger, true",
    "spool s, parquet s/rows, true",
    "spool s, sinkspool s, true",
    "spool s, sinkspool s/inner, true",
    "sinkspool s, jsonl behind one, true",
    "sinkspool s, jsonl behind one.progress, true",
    "file in.jsonl, jsonl in.jsonl, true",
    "file in.jsonl, jsonl link/in.jsonl, true",
    "file in.jsonl, letters in.jsonl, true",
    "jsonl plant.yaml, pipeline plant.yaml, true",
    "file in.jsonl, summary in.jsonl, true",
    "jsonl a.jsonl, summary a.jsonl.progress, true",
    "spool s, summary s/summary.json, true",
    "parquet rows, letters rows/rejected.jsonl, false",
    "jsonl a.jsonl, csv A.JSONL, false",
    "file in.jsonl, pipeline in.jsonl, false",
  })
  void refuses_two_parts_that_would_use_one_file(String one, String other, boolean refused) {
    if (!refused) {
      assertThatCode(() -> pipeline(one, other)).doesNotThrowAnyException();
      return;
    }
    assertThatThrownBy(() -> pipeline(one, other))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("would be used by")
        .hasMessageContaining("name another path");
  }

  @Test
  void says_whose_file_it_is() {
    assertThatThrownBy(() -> pipeline("jsonl a.jsonl", "csv a.jsonl.progress"))
        .hasMessage(
            "'"
                + path("a.jsonl.progress")
                + "' would be used by the sink 'one' and by the sink 'other', and one would destroy"
                + " what the other writes: name another path");
  }
}
