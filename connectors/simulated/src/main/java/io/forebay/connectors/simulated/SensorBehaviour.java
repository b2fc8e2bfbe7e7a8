package io.forebay.connectors.simulated;

import io.forebay.errors.ConfigurationException;

/**
 * What simulated sensors do beside their wave. Everything is decided by the seed and the number of
 * the reading, so that the same readings come again after a restart.
 *
 * @param noise the most that a value is off, in either direction
 * @param drift how much the value moves away for good in a minute of the sensor's time
 * @param dropouts share of the readings that are not sent: a sensor is silent for half a second or
 *     longer, 0..1
 * @param spikes share of the readings that are 40 to 120 too high or too low, 0..1
 * @param bursts share of the readings that are held back up to half a second and sent at once,
 *     where the source has a rate, 0..1
 * @param late share of the readings that are sent up to half a second after their successors, with
 *     the times at which they were taken, 0..1
 */
public record SensorBehaviour(
    Waveform waveform,
    double noise,
    double drift,
    double dropouts,
    double spikes,
    double bursts,
    double late) {
  /** A triangle with a noise of 5. */
  public static final SensorBehaviour DEFAULT =
      new SensorBehaviour(Waveform.TRIANGLE, 5, 0, 0, 0, 0, 0);

  public SensorBehaviour {
    checkShare("dropouts", dropouts);
    checkShare("spikes", spikes);
    checkShare("bursts", bursts);
    checkShare("late", late);
    if (!(noise >= 0 && noise <= 1e9) || !(Math.abs(drift) <= 1e9)) {
      throw new ConfigurationException(
          "a noise of " + noise + " with a drift of " + drift + " is not possible: use less");
    }
  }

  private static void checkShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new ConfigurationException(
          name + " are a share of the readings and cannot be " + share + ": use 0 to 1");
    }
  }
}
