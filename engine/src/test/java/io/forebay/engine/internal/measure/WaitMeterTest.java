package io.forebay.engine.internal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Waits of several, read with clocks that are on time or late. */
final class WaitMeterTest {
  private final WaitMeter meter = new WaitMeter();

  @Test
  void sums_what_each_has_waited_and_when_any_did() {
    meter.begin(-10);
    meter.begin(-4);
    assertThat(meter.nanos(0)).isEqualTo(14);
    assertThat(meter.anyNanos(0)).isEqualTo(10);
    meter.end(2);
    meter.end(5);
    assertThat(meter.nanos(100)).isEqualTo(21);
    assertThat(meter.anyNanos(100)).isEqualTo(15);
  }

  @Test
  void never_goes_back_when_the_clock_was_read_before_somebody_began() {
    meter.begin(100);
    assertThat(meter.nanos(90)).isZero();
    assertThat(meter.anyNanos(90)).isZero();
    meter.begin(120);
    assertThat(meter.nanos(90)).isEqualTo(20);
    meter.end(110); // By a thread that has waited for the lock since.
    assertThat(meter.nanos(90)).isEqualTo(20);
    meter.end(130);
    assertThat(meter.nanos(0)).isEqualTo(30);
    assertThat(meter.anyNanos(0)).isEqualTo(30);
  }
}
