package io.forebay.connectors.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.SourceContract;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What simulated sensors send. */
class SensorSignalTest {
  private static final long RECORDS = 100_000;

  private static SensorSignal signal(SensorBehaviour behaviour) {
    return new SensorSignal(behaviour, 3, 7, RECORDS);
  }

  private static SensorBehaviour behaviour(
      double drift, double dropouts, double spikes, double bursts, double late) {
    return new SensorBehaviour(Waveform.FLAT, 5, drift, dropouts, spikes, bursts, late);
  }

  @Test
  void values_are_those_of_the_lecture_when_nothing_is_declared() {
    SensorSignal signal = new SensorSignal(SensorBehaviour.DEFAULT, 3, 7, RECORDS);
    for (long reading = 1; reading <= 10_000; reading++) {
      long phase = (reading + 137L * 3) % 2_000;
      double noise = (mix(7 + mix(3) + reading) >>> 11) * 0x1.0p-53;
      double expected = 20 + 60 * (Math.abs(phase - 1_000) / 1_000.0) + 10 * (noise - 0.5);
      assertThat(Double.doubleToLongBits(signal.value(reading)))
          .isEqualTo(Double.doubleToLongBits(expected));
      assertThat(signal.reading(reading)).isEqualTo(reading);
      assertThat(signal.sentWith(reading)).isEqualTo(reading);
      assertThat(signal.isDropped(reading)).isFalse();
    }
  }

  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static double share(java.util.function.LongPredicate predicate) {
    return LongStream.rangeClosed(1, RECORDS).filter(predicate).count() / (double) RECORDS;
  }

  @Test
  void as_many_readings_are_odd_as_was_asked_for() {
    SensorSignal odd = signal(behaviour(0, 0.2, 0.05, 0.3, 0.1));
    assertThat(share(odd::isDropped)).isBetween(0.17, 0.23);
    assertThat(share(reading -> Math.abs(odd.value(reading) - 50) > 30)).isBetween(0.045, 0.055);
    assertThat(share(reading -> odd.sentWith(reading) % SensorSignal.BLOCK == 0))
        .isBetween(0.27, 0.35);
    assertThat(share(sequence -> odd.reading(sequence) < sequence)).isBetween(0.05, 0.11);
  }

  @Test
  void values_move_away_when_sensors_drift() {
    SensorSignal drifting = signal(behaviour(12, 0, 0, 0, 0));
    assertThat(drifting.value(60_000)).isBetween(50 + 120 - 5.1, 50 + 120 + 5.1);
  }

  @Test
  void every_reading_is_sent_once_when_some_are_late() {
    long records = 12_345;
    SensorSignal late = new SensorSignal(behaviour(0, 0, 0, 0, 0.3), 1, 1, records);
    long[] sent = LongStream.rangeClosed(1, records).map(late::reading).toArray();
    assertThat(LongStream.of(sent).sorted().toArray())
        .isEqualTo(LongStream.rangeClosed(1, records).toArray());
    assertThat(sent).isNotEqualTo(LongStream.rangeClosed(1, records).toArray());
  }

  @ParameterizedTest
  @EnumSource(Waveform.class)
  void values_lie_between_the_ends_when_there_is_no_noise(Waveform waveform) {
    SensorSignal signal = signal(new SensorBehaviour(waveform, 0, 0, 0, 0, 0, 0));
    assertThat(LongStream.rangeClosed(1, 10_000).mapToDouble(signal::value))
        .allMatch(value -> value >= 20 && value <= 80);
  }

  @Test
  void reads_on_from_any_place_when_everything_is_odd() throws Exception {
    SourceContract.check(() ->
        new SimulatedSource(
            3, 333, 0, 5, new SensorBehaviour(Waveform.STEPS, 2, 1, 0.2, 0.1, 0.3, 0.2)));
  }

  @Test
  void reads_on_from_any_place_when_sensors_share_threads() throws Exception {
    SourceContract.check(() ->
        new SimulatedSource(
            SimulatedSource.MOST_THREADS + 300,
            60,
            0,
            5,
            new SensorBehaviour(Waveform.STEPS, 2, 1, 0.2, 0.1, 0.3, 0.2)));
  }

  @Test
  void refuses_a_behaviour_when_a_share_is_none() {
    assertThatThrownBy(() -> behaviour(0, 1.5, 0, 0, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("dropouts are a share");
  }
}
