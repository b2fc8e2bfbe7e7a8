package io.forebay.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.RecordCounts;
import io.forebay.snapshot.DeadLetterReason;
import io.forebay.snapshot.EndedWorker;
import io.forebay.snapshot.Latency;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.WorkerSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StatusTest {
  private static final long SECOND = 1_000_000_000;

  private final Status status = new Status(new LiveDiagnosis());

  /** A run that does 100 records a second, and from second 10 on 500, with half a core. */
  private static PipelineSnapshot at(double seconds) {
    PipelineSnapshot run = Runs.run().lasting((int) Math.ceil(seconds)).snapshot();
    StageSnapshot stage = run.stages().getFirst();
    long records = Math.round(100 * Math.min(10, seconds) + 500 * Math.max(0, seconds - 10));
    Duration elapsed = Duration.ofNanos(Math.round(seconds * SECOND));
    return new PipelineSnapshot(
        run.name(),
        elapsed,
        new RecordCounts(records, records, 0, 0, 0, 0),
        run.earlier(),
        run.slots(),
        run.slotsFree(),
        run.dispatcherBusyShare(),
        run.sources(),
        List.of(
            Runs.with(
                stage,
                List.of(
                    new WorkerSnapshot(
                        0,
                        WorkerSnapshot.State.BUSY,
                        4_711,
                        100,
                        SECOND / 4,
                        7,
                        records,
                        Math.round(seconds * SECOND / 2),
                        3)),
                List.of(
                    new EndedWorker(
                        9,
                        "features worker-1",
                        4_710,
                        "crashed",
                        "crashed with SIGSEGV",
                        "look at the native library that the function calls",
                        "exit code 139",
                        2,
                        elapsed.minusSeconds(1))))),
        run.sinks(),
        run.settings(),
        run.engine(),
        run.host(),
        new Latency.Both(latency(records), Latency.NONE),
        run.heartbeats(),
        List.of(
            new DeadLetterReason(
                "features", "too short", 4, "hall-a", "s7", 17, elapsed.minusSeconds(1))));
  }

  /** All of them took between 50 and 100 ms. */
  private static Latency latency(long records) {
    List<Long> within =
        Latency.BOUNDS_SECONDS.stream().map(bound -> bound < 0.1 ? 0 : records).toList();
    return new Latency(records, 0, 75, 99, 99, 100, records * 0.075, within);
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }

  private Map<?, ?> recent() {
    return map(status.values().get("recent"));
  }

  @Test
  void tells_rates_of_the_last_five_seconds_however_often_it_is_fed() {
    for (int tenth = 1; tenth <= 200; tenth++) {
      status.put(at(tenth / 10.0));
    }
    assertThat((double) recent().get("seconds")).isBetween(4.9, 6.0);
    assertThat(recent().get("donePerSecond")).isEqualTo(500.0);
    status.put(at(20));
    status.put(at(20)); // No time has passed.
    assertThat(recent().get("donePerSecond")).isEqualTo(500.0);
  }

  @Test
  void tells_rates_since_the_start_when_it_knows_one_instant() {
    assertThat(status.isEmpty()).isTrue();
    status.put(at(2));
    assertThat(recent().get("donePerSecond")).isEqualTo(100.0);
  }

  @Test
  void tells_what_each_worker_does_and_how_others_have_ended() {
    status.put(at(1));
    status.put(at(2));
    Map<?, ?> stage = map(((List<?>) status.values().get("stages")).getFirst());

    assertThat(((List<?>) stage.get("perWorker")).getFirst().toString())
        .contains("state=busy", "batchRows=100", "batchSeconds=0.25", "restarts=3");
    assertThat(((List<?>) stage.get("ended")).getFirst())
        .hasToString(
            "{number=9, worker=features worker-1, pid=4710, kind=crashed, what=crashed with"
                + " SIGSEGV, advice=look at the native library that the function calls,"
                + " evidence=exit code 139, batchesRetried=2, atSeconds=1.0}");
    Map<?, ?> lately = map(((List<?>) recent().get("stages")).getFirst());
    assertThat(((List<?>) lately.get("perWorker")).getFirst())
        .hasToString("{worker=0, recordsPerSecond=100.0, cpuShare=0.5}");
  }

  @Test
  void tells_why_records_went_to_dead_letter_and_how_long_the_others_took() {
    status.put(at(1));
    status.put(at(2));

    assertThat(status.values().get("deadLetterReasons"))
        .hasToString(
            "[{stage=features, reason=too short, count=4, newest={source=hall-a, partition=s7,"
                + " sequence=17, atSeconds=1.0}}]");
    assertThat(recent().get("arrivalToCommitMs")).hasToString("{records=100, mean=75.0, p99=99.5}");
  }

  @Test
  void is_the_summary_when_the_run_has_ended() {
    status.put(at(1));
    status.end(new Summary(at(3), "drained", "stopped"));

    assertThat(status.hasEnded()).isTrue();
    assertThat(status.values()).containsEntry("outcome", "drained").containsKey("recent");
  }
}
