package io.forebay.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.snapshot.Latency;
import io.forebay.snapshot.Punctuality;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyTextTest {
  private static Latency latency(long records, long ahead, double p50, double max) {
    return new Latency(records, ahead, p50, 2 * p50, max, max, 1, Latency.NONE.within());
  }

  @Test
  void tells_both_latencies_below_the_tables() {
    Latency.Both both =
        new Latency.Both(latency(100, 0, 12.3, 250), latency(100, 3, 25_000, 86_400_000.0 * 400));

    assertThat(LatencyText.lines(both))
        .containsExactly(
            "from arrival to commit: p50 12.3 ms, p99 24.6 ms, p99.9 250 ms, max 250 ms",
            "from event time to commit: p50 25 s, p99 50 s, p99.9 400 days, max 400 days;"
                + " 3 lay in the future");
  }

  @Test
  void says_nothing_of_event_time_where_no_row_has_told_one() {
    Latency.Both both = new Latency.Both(latency(100, 0, 1, 2), Latency.NONE);

    assertThat(LatencyText.lines(both)).hasSize(1);
    assertThat(LatencyText.values(both)).containsOnlyKeys("arrivalToCommit");
    assertThat(LatencyText.lines(Latency.Both.NONE)).isEqualTo(List.of());
  }

  @Test
  void json_tells_how_late_beats_were() {
    assertThat(LatencyText.heartbeat(new Punctuality("loops of http", latency(100, 0, 1, 300), 2)))
        .hasToString(
            "{thread=loops of http, stalls=2, beats=100, p50=1.0, p99=2.0, p999=300.0, max=300.0}");
  }
}
