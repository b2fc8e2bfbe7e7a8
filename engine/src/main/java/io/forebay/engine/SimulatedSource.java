package io.forebay.engine;

import io.forebay.ColumnType;
import io.forebay.Field;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;

/**
 * Sensors that are not there: {@code sensors} partitions, each with {@code records} readings.
 * Deterministic: the same seed gives the same readings, also when it resumes.
 */
public final class SimulatedSource implements Source {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));

  /**
   * @param sensors how many, each on a virtual thread of its own
   * @param records readings of each sensor
   * @param rate readings per second of all sensors together; 0 = as fast as they are accepted
   * @param seed decides the values
   */
  public SimulatedSource(int sensors, long records, double rate, long seed) {}

  @Override
  public Schema schema() {
    return SCHEMA;
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public void run(SourceContext context) throws InterruptedException {
    throw new UnsupportedOperationException();
  }
}
