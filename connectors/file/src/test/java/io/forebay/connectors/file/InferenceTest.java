package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import java.util.List;
import org.junit.jupiter.api.Test;

class InferenceTest {
  private static final String JSON =
      """
      {"sensorId":"a","timestamp":1700000000000,"value":20,"n":1,"ok":true,"at":"2025-01-01T00:00:00Z"}
      broken
      {"sensorId":"b","timestamp":1700000000001,"value":20.5,"n":2,"ok":false,"wave":[1,2.5],"at":"2025-01-01T00:00:00.5Z"}
      {"sensorId":"c","timestamp":1700000000002,"value":21,"n":null,"ok":true,"wave":[],"nested":{"x":1},"mixed":1,"at":"2025-01-01T00:00:00Z","precise":"2025-01-01T00:00:00.000001Z"}
      {"sensorId":"","timestamp":1700000000003,"value":22,"n":4,"ok":true,"mixed":"1","nothing":null,"latency_ms":12,"big":9223372036854775808,"local":"2025-01-01T00:00:00+01:00","list":[1,"a"],"at":"2025-01-01T00:00:00Z","a b":1}
      """;

  @Test
  void finds_the_types_when_lines_are_json() {
    FileSource source = Sources.of(JSON).build();
    assertThat(source.inferredFields())
        .contains(
            "fields: { sensorId: string, timestamp: timestamp-ms, value: float64, n: int64?, ok:"
                + " bool, at: timestamp-ms, wave: list-float64?, precise: timestamp-us?,"
                + " latency_ms: int64?, local: string?, \"a b\": int64? }"
                + "  (inferred from the first 5 lines)");
    List<Line> lines = Sources.run(source).lines();
    assertThat(lines).hasSize(5);
    assertThat(lines.get(1).isRejected()).isTrue();
    assertThat(lines.get(3).extras()).isEqualTo("\"nested\":{\"x\":1},\"mixed\":1");
    assertThat(lines.get(4).extras())
        .isEqualTo(
            "\"mixed\":\"1\",\"nothing\":null,\"big\":9223372036854775808,\"list\":[1,\"a\"]");
  }

  @Test
  void looks_at_the_first_lines_only_when_there_are_many() {
    String text = "{\"value\":1}\n".repeat(1000) + "{\"value\":1.5,\"late\":1}\n{\"value\":3}\n";
    FileSource source = Sources.of(text).build();
    assertThat(source.inferredFields())
        .contains("fields: { value: int64 }  (inferred from the first 1,000 lines)");
    CollectingWriter read = Sources.run(source);
    assertThat(read.accepted()).hasSize(1001);
    assertThat(read.rejected().getFirst().reason())
        .isEqualTo("value: 1.5 is not a value of int64 at column 10");
  }

  @Test
  void looks_at_the_first_mebibyte_only_when_lines_are_long() {
    String line = "{\"text\":\"" + "x".repeat(100_000) + "\"}\n";
    FileSource source = Sources.of(line.repeat(20)).build();
    assertThat(source.inferredFields())
        .contains("fields: { text: string }  (inferred from the first 10 lines)");
    assertThat(Sources.run(source).accepted()).hasSize(20);
  }

  @Test
  void finds_the_types_when_cells_are_csv() {
    String csv =
        """
        id,code,value,n,ts,ok,at,empty,mixed,wave
        a,007,20,1,1700000000000,true,2025-01-01T00:00:00Z,,1,"[1,2]"
        b,8,20.5,,1700000000001,false,2025-01-01T00:00:00Z,,x,"[1,2]"
        too,few
        c,9,21,3,1700000000002,true,2025-01-01T00:00:00Z,,"",[]
        """;
    FileSource source = Sources.of(csv).format(FileFormat.CSV).build();
    assertThat(source.inferredFields())
        .contains(
            "fields: { id: string, code: string, value: float64, n: int64?, ts: timestamp-ms, ok:"
                + " bool, at: timestamp-ms, empty: string?, mixed: string, wave: string }"
                + "  (inferred from the first 4 lines)");
    CollectingWriter read = Sources.run(source);
    assertThat(read.rejected()).hasSize(1);
    assertThat(read.accepted().getFirst().values().toString())
        .isEqualTo(
            "{id=a, code=007, value=20.0, n=1, ts=1700000000000, ok=true, at=1735689600000,"
                + " mixed=1, wave=[1,2]}");
  }

  @Test
  void refuses_when_there_is_nothing_to_infer_from() {
    for (String text : List.of("", "\n", "{}", "[1]\n", "{\"x\":{}}\n")) {
      assertThatThrownBy(() -> Sources.of(text).build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("no fields that could be inferred");
    }
  }
}
