package io.forebay.functions;

import io.forebay.RecordFunction;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
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
  private static final Parameter<Long> DELAY =
      Parameter.whole("delayMillis", "How long it takes, in milliseconds.", 0, 60_000)
          .byDefault("2");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Stands for a driver that blocks its thread: corrects a value by half a unit. For"
                  + " examples.",
              DELAY)
          .formula("calibrated = x - 0.5")
          .reads("value: float64, float32 or int32")
          .adds("calibrated: float64")
          .example("{ name: driver, blocking: io.forebay.functions.SimulatedDriver }");

  /** A reading of the sensor. */
  public record Reading(double value) {}

  /** The reading, corrected. */
  public record Calibrated(double calibrated) {}

  private final long delayMillis;

  /** Reads the parameter {@code delayMillis}. */
  public SimulatedDriver(Map<String, String> parameters) {
    this.delayMillis = DESCRIPTION.read(SimulatedDriver.class, parameters).get(DELAY);
  }

  @Override
  public Calibrated apply(Reading reading) {
    Calibrated calibrated = new Calibrated(reading.value() - 0.5);
    return new CompletableFuture<Calibrated>()
        .completeOnTimeout(calibrated, delayMillis, TimeUnit.MILLISECONDS)
        .join();
  }
}
