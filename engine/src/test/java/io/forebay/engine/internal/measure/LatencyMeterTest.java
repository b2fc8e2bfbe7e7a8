package io.forebay.engine.internal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.TimestampRange;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.snapshot.Latency;
import java.util.stream.LongStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyMeterTest {
  private static final long MILLI = 1_000_000;
  private static final long DAY_MICROS = 86_400_000_000L;

  private long nanos;
  private long epochMicros = 1_800_000_000_000_000L;
  private int readings;

  private final Ticker ticker =
      () -> {
        readings++;
        return nanos;
      };

  private final LatencyMeter meter = new LatencyMeter(ticker, () -> epochMicros);

  private void pass(long millis) {
    nanos += millis * MILLI;
    epochMicros += millis * 1_000;
  }

  /** A batch of records with pauses between them. */
  private ArrivalTimes batch(long... pausesMillis) {
    ArrivalTimes arrivals = new ArrivalTimes(ticker);
    int records = 1;
    for (long pause : pausesMillis) {
      pass(pause);
      arrivals.taken(++records);
    }
    arrivals.closed(records);
    return arrivals;
  }

  private Latency arrival() {
    return meter.latency().arrivalToCommit();
  }

  private Latency event() {
    return meter.latency().eventToCommit();
  }

  private static void assertMillis(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, Percentage.withPercentage(1));
  }

  // ------------------------------------------------------------------ from arrival

  @Test
  void counts_nothing_before_a_commit() {
    meter.written(batch(5, 5));

    assertThat(meter.latency()).isEqualTo(Latency.Both.NONE);
  }

  @Test
  void tells_how_long_each_record_waited_when_batches_wait_for_one_commit() {
    meter.written(batch(5, 5)); // at 0, 5 and 10 ms
    pass(10);
    meter.written(batch()); // at 20 ms
    pass(1_980);
    meter.committed();

    assertThat(arrival().records()).isEqualTo(4);
    assertMillis(arrival().maxMs(), 2_000);
    assertMillis(arrival().p50Ms(), 1_990);
    assertMillis(arrival().totalSeconds() * 1e3, 2_000 + 1_995 + 1_990 + 1_980);
    assertThat(arrival().within().getLast()).isEqualTo(4);
    assertThat(arrival().within().get(Latency.BOUNDS_SECONDS.indexOf(1.0))).isZero();
  }

  @Test
  void tells_each_commit_apart() {
    meter.written(batch());
    pass(3);
    meter.committed();
    meter.committed();
    for (int i = 0; i < 98; i++) {
      meter.written(batch());
    }
    pass(7);
    meter.committed();
    meter.written(batch());
    pass(400);
    meter.committed();

    assertThat(arrival().records()).isEqualTo(100);
    assertMillis(arrival().p50Ms(), 7);
    assertMillis(arrival().p99Ms(), 7);
    assertMillis(arrival().p999Ms(), 400);
    assertThat(arrival().within().getFirst()).isZero();
    assertThat(arrival().within().get(Latency.BOUNDS_SECONDS.indexOf(0.005))).isEqualTo(1);
    assertThat(arrival().within().get(Latency.BOUNDS_SECONDS.indexOf(0.01))).isEqualTo(99);
  }

  @Test
  void reads_the_clock_seldom_and_is_right_within_a_millisecond_when_records_come_fast() {
    ArrivalTimes arrivals = new ArrivalTimes(ticker);
    for (int i = 2; i <= 100_000; i++) {
      nanos += 1_000;
      arrivals.taken(i);
    }
    arrivals.closed(100_000);
    int whileTaken = readings;
    meter.written(arrivals);
    meter.committed();

    assertThat(whileTaken).isLessThan(300);
    assertThat(arrival().records()).isEqualTo(100_000);
    assertThat(arrival().maxMs()).isCloseTo(100, within(2.0));
    assertThat(arrival().p50Ms()).isCloseTo(50, within(2.0));
    assertThat(arrival().totalSeconds()).isCloseTo(100_000 * 0.05, Percentage.withPercentage(2));
  }

  @Test
  void takes_a_burst_for_a_burst_when_the_batch_waits_for_company_afterwards() {
    ArrivalTimes arrivals = new ArrivalTimes(ticker);
    for (int i = 2; i <= 100; i++) {
      arrivals.taken(i);
    }
    pass(200);
    arrivals.closed(100);
    meter.written(arrivals);
    meter.committed();

    assertThat(arrival().p50Ms()).isCloseTo(200, within(3.0));
    assertThat(arrival().within().get(Latency.BOUNDS_SECONDS.indexOf(0.1))).isZero();
  }

  @Test
  void forgets_no_record_when_a_batch_takes_very_long_to_fill() {
    ArrivalTimes arrivals = new ArrivalTimes(ticker);
    for (int i = 2; i <= 1_000; i++) {
      pass(100);
      arrivals.taken(i);
    }
    arrivals.closed(1_000);
    meter.written(arrivals);
    meter.committed();

    assertThat(arrival().records()).isEqualTo(1_000);
    assertMillis(arrival().maxMs(), 99_900);
    assertMillis(arrival().totalSeconds() * 1e3, 1_000 * 99_900 / 2);
  }

  // ------------------------------------------------------------------ from the event's time

  private Batch rows(ColumnType type, Long... times) {
    HeapBatchBuilder rows = new HeapBatchBuilder(Schema.of(Field.nullable("t", type)), false);
    for (Long time : times) {
      if (time != null) {
        rows.setLong(0, time);
      }
      rows.append(1, 0);
    }
    return rows.build();
  }

  @Test
  void tells_how_old_rows_were_in_each_unit() {
    meter.written(rows(ColumnType.TIMESTAMP_MS, epochMicros / 1_000 - 30));
    meter.written(rows(ColumnType.TIMESTAMP_US, epochMicros - 40_000));
    meter.written(rows(ColumnType.TIMESTAMP_NS, epochMicros * 1_000 - 50 * MILLI));
    pass(10);
    meter.committed();

    assertThat(event().records()).isEqualTo(3);
    assertThat(event().ahead()).isZero();
    assertMillis(event().totalSeconds() * 1e3, 40 + 50 + 60);
    assertMillis(event().maxMs(), 60);
    assertThat(arrival().records()).isZero();
  }

  @Test
  void is_right_for_records_of_now_when_others_of_years_ago_come_with_them() {
    long now = epochMicros;
    meter.written(
        rows(ColumnType.TIMESTAMP_US, now - 3_000 * DAY_MICROS, now - 20_000, now - 30_000));
    pass(500);
    long late = epochMicros;
    meter.written(rows(ColumnType.TIMESTAMP_US, late - 100_000, late - 100_000));
    pass(100);
    meter.committed();

    assertMillis(event().maxMs(), 3_000 * 86_400e3);
    assertMillis(event().p50Ms(), 620);
    assertThat(event().within().get(Latency.BOUNDS_SECONDS.indexOf(0.25))).isEqualTo(2);
    assertThat(event().within().get(Latency.BOUNDS_SECONDS.indexOf(1.0))).isEqualTo(4);
    assertThat(event().within().getLast()).isEqualTo(4);
  }

  @Test
  void counts_as_ahead_what_lies_in_the_future_at_its_commit_and_not_what_has_come_by_then() {
    meter.written(
        rows(
            ColumnType.TIMESTAMP_US,
            epochMicros + 3_600_000_000L,
            epochMicros + 50_000,
            epochMicros - 100_000));
    pass(200);
    meter.committed();

    assertThat(event().records()).isEqualTo(3);
    assertThat(event().ahead()).isEqualTo(1);
    assertMillis(event().p50Ms(), 150);
    assertMillis(event().maxMs(), 300);
    assertThat(event().within().getFirst()).isEqualTo(1);
  }

  @Test
  void holds_times_at_both_ends_of_what_a_column_takes() {
    meter.written(
        rows(
            ColumnType.TIMESTAMP_MS,
            TimestampRange.least(ColumnType.TIMESTAMP_MS),
            TimestampRange.most(ColumnType.TIMESTAMP_MS)));
    meter.committed();

    assertThat(event().records()).isEqualTo(2);
    assertThat(event().ahead()).isEqualTo(1);
    assertMillis(event().maxMs(), epochMicros / 1e3 + 62_135_596_800_000.0);
  }

  @Test
  void knows_nothing_of_rows_without_a_time() {
    meter.written(rows(ColumnType.INT64, 5L));
    meter.written(rows(ColumnType.TIMESTAMP_MS, null, epochMicros / 1_000));
    meter.committed();

    assertThat(event().records()).isEqualTo(1);
  }

  @Test
  void takes_the_first_column_with_a_value_when_there_are_several() {
    HeapBatchBuilder rows =
        new HeapBatchBuilder(
            Schema.of(
                Field.of("n", ColumnType.INT64),
                Field.nullable("measured", ColumnType.TIMESTAMP_MS),
                Field.of("sent", ColumnType.TIMESTAMP_US)),
            false);
    for (long n : LongStream.rangeClosed(1, 2).toArray()) {
      rows.setLong(0, n);
      if (n == 1) {
        rows.setLong(1, epochMicros / 1_000 - 500);
      }
      rows.setLong(2, epochMicros - 20_000);
      rows.append(n, 0);
    }
    meter.written(rows.build());
    meter.committed();

    assertThat(event().records()).isEqualTo(2);
    assertMillis(event().totalSeconds() * 1e3, 520);
  }
}
