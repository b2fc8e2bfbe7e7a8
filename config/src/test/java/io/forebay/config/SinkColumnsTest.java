package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.config.model.PipelineConfig;
import io.forebay.errors.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sink cannot do with the columns is refused when the file is checked, not at the start. */
final class SinkColumnsTest {
  @TempDir private Path folder;

  private void check(String fields, String sink) {
    PipelineConfig config =
        PipelineFile.parse(
            "plant.yaml",
            """
            name: plant
            sources: [{ name: in, type: http, listen: "127.0.0.1:0", fields: { %s } }]
            sinks: [{ name: s, %s }]
            """
                .formatted(fields, sink),
            List.of(),
            name -> null,
            folder);
    Pipelines.check(config).pipeline().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: int64, A: int64 | type: duckdb, path: x.duckdb | 'a' and a column 'A'",
        "a: int64, A: int64 | type: parquet, path: rows | 'a' and a column 'A'",
        "É: int64, é: int64 | type: parquet, path: rows | 'É' and a column 'é'",
        "a: int64, A: int64 | type: parquet, path: rows, whenSlow: spool, spool: { path: s } | 'A'",
        "a: int64 | type: postgres, database: d, user: u, table: t, key: [b] | which is no field",
        "a: int64 | type: kafka, brokers: 'localhost:1', topic: t, key: a | of the type string",
        "a: float64 | type: mqtt, broker: 'mqtt://localhost:1', topic: 'x/{a}' | part of a topic",
        "a: int64 | type: influxdb, url: 'http://localhost:1', database: d, measurement: m | no"
            + " timestamp"
      })
  void refuses_columns_that_the_sink_cannot_keep(String fields, String sink, String problem) {
    assertThatThrownBy(() -> check(fields, sink))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("sink 's': ")
        .hasMessageContaining(problem);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void accepts_names_that_differ_in_case_where_the_store_tells_them_apart() {
    for (String sink :
        List.of(
            "type: jsonl, path: out.jsonl",
            "type: csv, path: out.csv",
            "type: postgres, database: d, user: u, table: t, key: [a]")) {
      assertThatCode(() -> check("a: int64, A: int64", sink)).as(sink).doesNotThrowAnyException();
    }
    assertThat(Files.exists(folder.resolve("out.jsonl"))).isFalse();
  }
}
