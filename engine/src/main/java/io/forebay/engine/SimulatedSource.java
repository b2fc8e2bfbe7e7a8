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
 * value between 15 and 85 that wanders slowly and is noisy, one reading each 10 ms from 2025-01-01
 * on. A reading depends only on the seed, the sensor and its number, so that the source reads on
 * from any position.
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

  /** Readings in which the value goes from its least to its most and back. */
  private static final int PERIOD = 2_000;

  private final int sensors;
  private final long records;
  private final double rate;
  private final long seed;
  private final Ticker ticker;

  /**
   * @param sensors how many, each on a virtual thread of its own
   * @param records readings of each sensor
   * @param rate readings per second of all sensors together; 0 = as fast as they are accepted
   * @param seed decides the values
   */
  public SimulatedSource(int sensors, long records, double rate, long seed) {
    this(sensors, records, rate, seed, SystemTicker.INSTANCE);
  }

  SimulatedSource(int sensors, long records, double rate, long seed, Ticker ticker) {
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
    double nanosEach = rate == 0 ? 0 : sensors * 1e9 / rate;
    for (long sequence = first; sequence <= records; sequence++) {
      if (nanosEach > 0) {
        awaitTime(start + (long) ((sequence - first) * nanosEach));
      }
      writer.setString(SENSOR_ID, id, 0, id.length);
      writer.setLong(TIMESTAMP, EPOCH_MS + (sequence - 1) * STEP_MS);
      writer.setDouble(VALUE, value(sensor, sequence));
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

  /** A triangle between 20 and 80, and noise of at most 5; no function of the C library. */
  private double value(int sensor, long sequence) {
    long phase = (sequence + 137L * sensor) % PERIOD;
    double triangle = Math.abs(phase - PERIOD / 2) / (PERIOD / 2.0);
    double noise = (mix(seed + mix(sensor) + sequence) >>> 11) * 0x1.0p-53;
    return 20 + 60 * triangle + 10 * (noise - 0.5);
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
