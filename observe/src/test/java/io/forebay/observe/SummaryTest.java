package io.forebay.observe;

import static io.forebay.observe.Snapshots.cpu;
import static io.forebay.observe.Snapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.SourceState;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.Placement;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.StageKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  private static final PipelineSnapshot RUN =
      run(
          0.12,
          0.3,
          0.4,
          cpu(Placement.PROCESSES, 2, 0.98, 0.99, 0.012345678),
          Snapshots.stage("lookup", StageKind.ASYNC, Optional.empty(), 64, 0.1, 0, 0));

  @Test
  void json_passes_texts_through_what_hides_secrets_and_never_numbers() {
    Summary summary = new Summary(RUN, "failed", "no login with 1000000");

    assertThat(summary.json(text -> text.replace("1000000", "***")))
        .contains("\"reason\": \"no login with ***\"", "\"read\": 1000000,");
  }

  @Test
  void json_holds_every_promised_key() {
    assertThat(new Summary(RUN, "completed", "").json())
        .isEqualTo(
            """
            {
              "name": "plant",
              "outcome": "completed",
              "records": {
                "read": 1000000,
                "delivered": 999987,
                "deadLettered": 10,
                "filtered": 2,
                "dropped": 0,
                "inFlight": 1
              },
              "recordsAcrossRuns": {
                "read": 1000000,
                "delivered": 999987,
                "deadLettered": 10,
                "filtered": 2,
                "dropped": 0,
                "inFlight": 1
              },
              "elapsedSeconds": 10.0,
              "recordsPerSecond": 99999.9,
              "verdict": "The stage 'features' computed 98 % of the time on 2 workers (20 µs a record): it limited the run; more workers help while cores are free.",
              "diagnosis": {
                "kind": "compute",
                "part": "features",
                "share": 0.98,
                "evidence": {
                  "busyShare": 0.98,
                  "cpuShare": 0.99,
                  "nanosPerRecord": 19600.0,
                  "ownCores": 0.0,
                  "othersShareOfCores": 0.0
                },
                "advice": "",
                "gain": {
                  "factor": 1.0,
                  "low": 1.0,
                  "high": 1.0
                },
                "sentence": "The stage 'features' computed 98 % of the time on 2 workers (20 µs a record): it limited the run; more workers help while cores are free."
              },
              "forebay": {
                "slots": 32,
                "slotsFree": 30
              },
              "dispatcherBusyShare": 0.3,
              "latencyMs": {
                "arrivalToCommit": {
                  "records": 0,
                  "p50": 0.0,
                  "p99": 0.0,
                  "p999": 0.0,
                  "max": 0.0
                }
              },
              "heartbeatMs": [],
              "sources": [
                {
                  "name": "hall-a",
                  "records": 1000000,
                  "bytes": 0,
                  "blockedShare": 0.12,
                  "finished": true
                }
              ],
              "stages": [
                {
                  "name": "features",
                  "kind": "cpu",
                  "on": "processes",
                  "workers": 2,
                  "recordsIn": 1000000,
                  "recordsOut": 999998,
                  "bytesIn": 0,
                  "bytesOut": 0,
                  "batches": 2000,
                  "batchRows": {
                    "p50": 481,
                    "max": 1024
                  },
                  "serviceMs": {
                    "p50": 0.02,
                    "p99": 0.11
                  },
                  "waitMs": {
                    "p50": 0.1,
                    "p99": 120.4
                  },
                  "busyShare": 0.98,
                  "backpressuredShare": 0.0,
                  "cpuShare": 0.99,
                  "transportShare": 0.012346,
                  "restarts": 1,
                  "timeouts": 0
                },
                {
                  "name": "lookup",
                  "kind": "async",
                  "workers": 64,
                  "recordsIn": 1000000,
                  "recordsOut": 999998,
                  "bytesIn": 0,
                  "bytesOut": 0,
                  "batches": 2000,
                  "batchRows": {
                    "p50": 481,
                    "max": 1024
                  },
                  "serviceMs": {
                    "p50": 0.02,
                    "p99": 0.11
                  },
                  "waitMs": {
                    "p50": 0.1,
                    "p99": 120.4
                  },
                  "busyShare": 0.1,
                  "backpressuredShare": 0.0,
                  "cpuShare": 0.0,
                  "transportShare": 0.0,
                  "restarts": 1,
                  "timeouts": 0
                }
              ],
              "sinks": [
                {
                  "name": "out",
                  "records": 999987,
                  "bytes": 0,
                  "busyShare": 0.4,
                  "commits": 100,
                  "commitMs": {
                    "p99": 1.5
                  },
                  "retries": 0
                }
              ]
            }
            """);
  }

  @Test
  void json_tells_the_reason_when_it_failed() {
    assertThat(new Summary(RUN, "failed", "The disk is full.").json())
        .contains("\"outcome\": \"failed\",\n  \"reason\": \"The disk is full.\",");
  }

  @Test
  void table_is_for_people() {
    assertThat(String.join("\n", new Summary(RUN, "completed", "").table()))
        .isEqualTo(
            """
            source    records  waited for room
            hall-a  1,000,000             12 %

            stage          kind  workers  records in      out  batches  rows p50/max  service ms p50/p99  wait ms p50/p99  busy   cpu  border  restarts
            features  processes        2   1,000,000  999,998    2,000     481/1,024           0.02/0.11         0.10/120  98 %  99 %     1 %         1
            lookup        async       64   1,000,000  999,998    2,000     481/1,024           0.02/0.11         0.10/120  10 %   0 %     0 %         1

            sink  records  busy  commits  commit p99
            out   999,987  40 %      100      1.5 ms

            1,000,000 read = 999,987 delivered + 10 dead-lettered + 2 filtered + 0 dropped + 1 in flight
            10.00 s, 100,000 records/s\
            """);
  }

  @Test
  void counts_what_earlier_runs_have_done_when_it_goes_on_from_one() {
    PipelineSnapshot resumed =
        new PipelineSnapshot(
            RUN.name(),
            RUN.elapsed(),
            new RecordCounts(1_000, 990, 4, 3, 2, 1),
            new RecordCounts(5_000, 4_900, 40, 30, 30, 0),
            RUN.slots(),
            RUN.slotsFree(),
            RUN.dispatcherBusyShare(),
            RUN.sources(),
            RUN.stages(),
            RUN.sinks());
    Summary summary = new Summary(resumed, "completed", "");

    assertThat(summary.table())
        .contains(
            "1,000 read = 990 delivered + 4 dead-lettered + 3 filtered + 2 dropped + 1 in flight",
            "with earlier runs: 6,000 read = 5,890 delivered + 44 dead-lettered + 33 filtered"
                + " + 32 dropped + 1 in flight");
    assertThat(summary.json()).contains("\"recordsAcrossRuns\": {\n    \"read\": 6000,");
  }

  @Test
  void tells_who_is_away() {
    PipelineSnapshot away =
        new PipelineSnapshot(
            RUN.name(),
            RUN.elapsed(),
            RUN.records(),
            RUN.earlier(),
            RUN.slots(),
            RUN.slotsFree(),
            RUN.dispatcherBusyShare(),
            List.of(
                new SourceSnapshot("hall-a", 7, 0, true),
                new SourceSnapshot(
                    "broker",
                    1_000,
                    0.5,
                    false,
                    Optional.of(SourceState.DISCONNECTED),
                    "connection refused")),
            List.of(),
            List.of(new SinkSnapshot("db", 900, 0.1, 3, 1.5, 12, "no route to host")));
    Summary summary = new Summary(away, "deadlineExceeded", "late");

    assertThat(String.join("\n", summary.table()))
        .startsWith(
            """
            source  records  waited for room                              state
            hall-a        7              0 %
            broker    1,000             50 %  disconnected (connection refused)

            sink  records  busy  commits  commit p99
            db        900  10 %        3      1.5 ms
            db: its store was away, tried again 12 times, still away: no route to host
            """);
    assertThat(summary.json())
        .contains("\"state\": \"disconnected\",\n      \"detail\": \"connection refused\"")
        .contains("\"retries\": 12,\n      \"away\": \"no route to host\"");
  }

  @Test
  void json_escapes_what_must_be_escaped() {
    Map<String, Object> object = new TreeMap<>();
    object.put("a\"b", "\\ \n\r\t\u0001 é 😀 \ud800");
    object.put("empty", List.of());
    object.put("none", Map.of());
    object.put("not a number", Double.NaN);
    assertThat(Json.write(object))
        .isEqualTo(
            """
            {
              "a\\"b": "\\\\ \\n\\r\\t\\u0001 é 😀 \\ud800",
              "empty": [],
              "none": {},
              "not a number": null
            }
            """);
  }

  @Test
  void numbers_are_as_people_read_them() {
    assertThat(
            List.of(
                Format.percent(0),
                Format.percent(0.001),
                Format.percent(0.555),
                Format.percent(1),
                Format.time(0.4),
                Format.time(11),
                Format.time(999.6),
                Format.time(1_250),
                Format.time(20e6),
                Format.time(3.14e9),
                Format.time(3600e9),
                Format.millis(0.0213),
                Format.millis(12.345),
                Format.millis(12345),
                Format.count(1234567)))
        .containsExactly(
            "0 %",
            "<1 %",
            "56 %",
            "100 %",
            "0.4 ns",
            "11 ns",
            "1 µs",
            "1.3 µs",
            "20 ms",
            "3.1 s",
            "3,600 s",
            "0.02",
            "12.3",
            "12,345",
            "1,234,567");
  }
}
