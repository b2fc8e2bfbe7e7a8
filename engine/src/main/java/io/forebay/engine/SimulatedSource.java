package io.forebay.engine;

import io.forebay.ColumnType;
import io.forebay.ConfigurationException;
import io.forebay.Field;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * Sensors that are not there: {@code sensors} partitions, each with {@code records} readings of a
 * value between 15 and 85 that wanders slowly and is noisy, or what {@link SensorBehaviour} says,
 * one reading each 10 ms from 2025-01-01 on. A reading depends only on the seed, the sensor and its
 * number, so that the source reads on from any position.
 */
public final class SimulatedSource implements Source {
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));
  private static final int SENSOR_ID = 0;
  private static final int TIMESTAMP = 1;
  private static final int VALUE = 2;

  private static final long EPOCH_MS = 1_735_689_600_000L;
  private static final long STEP_MS = 10;

  private final int sensors;
  private final long records;
  private final double rate;
  private final long seed;
  private final SensorBehaviour behaviour;
  private final Ticker ticker;

  /**
   * @param sensors how many, each on a virtual thread of its own
   * @param records readings of each sensor
   * @param rate readings per second of all sensors together; 0 = as fast as they are accepted
   * @param seed decides the values
   */
  public SimulatedSource(int sensors, long records, double rate, long seed) {
    this(sensors, records, rate, seed, SensorBehaviour.DEFAULT);
  }

  /**
   * @param records readings of each sensor, those included that it does not send
   * @param behaviour what the sensors do beside their wave
   */
  public SimulatedSource(
      int sensors, long records, double rate, long seed, SensorBehaviour behaviour) {
    this(sensors, records, rate, seed, behaviour, SystemTicker.INSTANCE);
  }

  SimulatedSource(
      int sensors, long records, double rate, long seed, SensorBehaviour behaviour, Ticker ticker) {
    if (sensors < 1 || records < 0 || !(rate >= 0)) {
      throw new ConfigurationException(
          "a simulated source of "
              + sensors
              + " sensors with "
              + records
              + " records at "
              + rate
              + " per second is not possible: use at least 1 sensor and no negative number");
    }
    this.sensors = sensors;
    this.records = records;
    this.rate = rate;
    this.seed = seed;
    this.behaviour = behaviour;
    this.ticker = ticker;
  }

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
    long start = ticker.nanos();
    List<FutureTask<Void>> readings = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int sensor = 0; sensor < sensors; sensor++) {
      int number = sensor;
      FutureTask<Void> task =
          new FutureTask<>(() -> {
            read(context, number, start);
            return null;
          });
      readings.add(task);
      threads.add(Thread.ofVirtual().name(context.name() + "-" + sensor).start(task));
    }
    try {
      for (FutureTask<Void> task : readings) {
        task.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException();
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        join(thread);
      }
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(SourceContext context, int sensor, long start) throws InterruptedException {
    String name = "sensor-" + sensor;
    byte[] id = name.getBytes(StandardCharsets.UTF_8);
    RecordWriter writer = context.partition(name);
    long first = context.resumeFrom(name).sequence() + 1;
    SensorSignal signal = new SensorSignal(behaviour, sensor, seed, records);
    double nanosEach = rate == 0 ? 0 : sensors * 1e9 / rate;
    for (long sequence = first; sequence <= records; sequence++) {
      long reading = signal.reading(sequence);
      if (signal.isDropped(reading)) {
        continue;
      }
      if (nanosEach > 0) {
        awaitTime(start + (long) ((signal.sentWith(sequence) - first) * nanosEach));
      }
      writer.setString(SENSOR_ID, id, 0, id.length);
      writer.setLong(TIMESTAMP, EPOCH_MS + (reading - 1) * STEP_MS);
      writer.setDouble(VALUE, signal.value(reading));
      writer.append(sequence, sequence);
    }
  }

  private void awaitTime(long nanos) throws InterruptedException {
    for (long wait = nanos - ticker.nanos(); wait > 0; wait = nanos - ticker.nanos()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(this, wait);
    }
  }
}
