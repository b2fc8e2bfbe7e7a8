package io.forebay.functions;

import io.forebay.RecordFunction;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Stands for an old driver, in examples and tests of blocking stages: corrects a value by half a
 * unit, and blocks its thread for {@code delayMillis} (2 unless the parameter says otherwise).
 *
 * <p>Input: {@code value}, a number. Output: {@code calibrated}, float64.
 */
public final class SimulatedDriver
    implements RecordFunction<SimulatedDriver.Reading, SimulatedDriver.Calibrated> {
  /** A reading of the sensor. */
  public record Reading(double value) {}

  /** The reading, corrected. */
  public record Calibrated(double calibrated) {}

  private final long delayMillis;

  /** Reads the parameter {@code delayMillis}. */
  public SimulatedDriver(Map<String, String> parameters) {
    this.delayMillis = Parameters.millis(parameters, "delayMillis", 2);
  }

  @Override
  public Calibrated apply(Reading reading) {
    Calibrated calibrated = new Calibrated(reading.value() - 0.5);
    return new CompletableFuture<Calibrated>()
        .completeOnTimeout(calibrated, delayMillis, TimeUnit.MILLISECONDS)
        .join();
  }
}
