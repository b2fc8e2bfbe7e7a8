package io.forebay.engine.internal.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import io.forebay.Rejection;
import io.forebay.snapshot.DeadLetterReason;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReasonMeterTest {
  private static final long SECOND = 1_000_000_000;

  private final ReasonMeter meter = new ReasonMeter();

  private static Rejection rejection(String stage, String reason, long sequence) {
    return new Rejection("hall-a", "s7", sequence, stage, reason, "", Rejection.Text.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          '12a' is no number            | 'cold' is no number
          "a b" is no "number"          | "" is no "word"
          line 17 is empty              | line 4711 is empty
          -5.5 lies below 1.0e-3        | 17 lies below 0
          s-17/b has no value           | s4 has no value
          2026-11-30T10:15:00Z is past  | 12 is past
          """,
      delimiter = '|')
  void reasons_are_of_one_kind_when_only_values_in_them_differ(String one, String other) {
    assertThat(ReasonMeter.shape("features", one)).isEqualTo(ReasonMeter.shape("features", other));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          it can't be read              | it won't be read
          the value is missing          | the values is missing
          '12a' is no number            | '12a' is no word
          17                            | seventeen
          """,
      delimiter = '|')
  void reasons_are_of_several_kinds_when_their_words_differ(String one, String other) {
    assertThat(ReasonMeter.shape("features", one))
        .isNotEqualTo(ReasonMeter.shape("features", other))
        .isNotEqualTo(ReasonMeter.shape("model", one));
  }

  @Test
  void tells_the_most_frequent_first_with_where_the_newest_was() {
    meter.written(rejection("", "'a' is no number", 1), SECOND);
    meter.written(rejection("features", "too short", 2), 2 * SECOND);
    meter.written(rejection("features", "too short", 3), 3 * SECOND);

    assertThat(meter.mostFrequent(5 * SECOND))
        .containsExactly(
            new DeadLetterReason(
                "features", "too short", 2, "hall-a", "s7", 3, Duration.ofSeconds(2)),
            new DeadLetterReason(
                "", "'a' is no number", 1, "hall-a", "s7", 1, Duration.ofSeconds(4)));
  }

  @Test
  void finds_a_frequent_reason_that_begins_late_among_more_kinds_than_it_counts() {
    for (int i = 0; i < 10_000; i++) {
      meter.written(rejection("f", "odd " + word(i % 500), i), i);
    }
    for (int i = 0; i < 1_000; i++) {
      meter.written(rejection("f", "the sensor is off", i), i);
      meter.written(rejection("f", "rare " + word(i % 300), i), i);
    }
    List<DeadLetterReason> told = meter.mostFrequent(0);

    assertThat(told).hasSize(ReasonMeter.MOST_TOLD);
    assertThat(told.getFirst().reason()).isEqualTo("the sensor is off");
    assertThat(told.getFirst().count()).isBetween(900L, 1_000L);
  }

  private static String word(int number) {
    return "" + (char) ('a' + number % 26) + (char) ('a' + number / 26);
  }

  @Test
  void cuts_a_long_reason() {
    meter.written(rejection("f", "x".repeat(1 << 20), 1), 0);

    assertThat(meter.mostFrequent(0))
        .extracting(reason -> reason.reason().length(), DeadLetterReason::count)
        .containsExactly(tuple(ReasonMeter.MOST_CHARS + 1, 1L));
  }

  @Test
  void allocates_nothing_for_a_record() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Rejection[] some = {
      rejection("f", "'12a' is no number, in line 4711", 1), rejection("f", "too short", 2)
    };
    long allocated = 0;
    for (int round = 0; round < 3; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 20_000; i++) {
        meter.written(some[i & 1], i);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated).isLessThan(20_000);
  }
}
