package io.forebay.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SinkTimes;
import io.forebay.snapshot.SourceSnapshot;
import io.forebay.snapshot.SourceTimes;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.snapshot.StageTimes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pipeline whose function is the limit at first, and its sink from some second on. */
final class LiveDiagnosisTest {
  private static final long SECOND = 1_000_000_000;

  /** After so many seconds; the sink takes over at {@code change}. */
  private static PipelineSnapshot after(int seconds, int change) {
    PipelineSnapshot run =
        Runs.run().lasting(seconds).sources(0.95, 0, 1).machine(4, 3.9, 0.1).snapshot();
    long computing = Math.min(seconds, change) * SECOND;
    long writing = Math.max(0, seconds - change) * SECOND;
    StageSnapshot stage = run.stages().getFirst();
    long wall = 4 * computing;
    SourceSnapshot source = run.sources().getFirst();
    SinkSnapshot sink = run.sinks().getFirst();
    return new PipelineSnapshot(
        run.name(),
        Duration.ofSeconds(seconds),
        run.records(),
        run.earlier(),
        run.slots(),
        run.slotsFree(),
        run.dispatcherBusyShare(),
        List.of(
            new SourceSnapshot(
                source.name(),
                source.records(),
                0.95,
                false,
                source.state(),
                "",
                new SourceTimes(seconds * SECOND * 19 / 20, 0, seconds * SECOND, 1, 1),
                0)),
        List.of(
            Runs.with(
                stage,
                new StageTimes(
                    wall, wall, wall, 0, 0, 0, 0, wall, computing, StageTimes.UNKNOWN, 0))),
        List.of(
            new SinkSnapshot(
                sink.name(), sink.records(), 0, 1, 1, 0, "", new SinkTimes(writing, 0, -1), 0)),
        run.settings(),
        run.engine(),
        run.host(),
        run.latency(),
        run.heartbeats(),
        run.reasons());
  }

  @Test
  void tells_of_another_cause_within_ten_seconds_of_the_change() {
    LiveDiagnosis live = new LiveDiagnosis();
    for (int second = 1; second <= 30; second++) {
      assertThat(live.observe(after(second, 30)).kind()).isEqualTo(Diagnosis.Kind.COMPUTE);
    }
    int second = 31;
    while (live.observe(after(second, 30)).kind() != Diagnosis.Kind.SINK) {
      second++;
      assertThat(second).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void names_both_causes_with_their_shares_when_they_came_one_after_the_other() {
    LiveDiagnosis live = new LiveDiagnosis();
    for (int second = 1; second <= 41; second++) {
      var _ = live.observe(after(second, 25));
    }

    List<Diagnosis> causes = live.causes(after(41, 25));

    assertThat(causes)
        .extracting(Diagnosis::kind)
        .containsExactly(Diagnosis.Kind.COMPUTE, Diagnosis.Kind.SINK);
    assertThat(causes.get(0).share()).isEqualTo(0.6);
    assertThat(causes.get(1).share()).isEqualTo(0.4);
    assertThat(causes.getFirst().sentence())
        .startsWith("For 60 % of the time: The stage 'features' computed")
        .contains("For 40 % of the time: The sink 'out' was busy");
  }

  @Test
  void takes_a_second_of_a_long_run_for_no_short_run() {
    Runs waiting = Runs.run().sources(0.9, 0, 1).busy(0.98).calls(0.05, 0, 0).slowestTenth(0.9);

    assertThat(Causes.of(waiting.lasting(1).snapshot()).getFirst().kind())
        .isEqualTo(Diagnosis.Kind.NONE);
    assertThat(
            Causes.of(waiting.lasting(10).snapshot(), waiting.lasting(11).snapshot())
                .getFirst()
                .kind())
        .isEqualTo(Diagnosis.Kind.WAITS);
  }

  @Test
  void names_one_cause_when_there_was_one() {
    LiveDiagnosis live = new LiveDiagnosis();
    for (int second = 1; second <= 20; second++) {
      var _ = live.observe(after(second, 100));
    }

    assertThat(live.causes(after(20, 100))).hasSize(1);
  }
}
