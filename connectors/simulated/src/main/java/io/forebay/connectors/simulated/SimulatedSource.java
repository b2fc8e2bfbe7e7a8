package io.forebay.connectors.simulated;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
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

  /** Sensors beyond so many share threads. */
  static final int MOST_THREADS = 1024;

  private static final long EPOCH_MS = 1_735_689_600_000L;
  private static final long STEP_MS = 10;

  private final int sensors;
  private final long records;
  private final double rate;
  private final long seed;
  private final SensorBehaviour behaviour;

  /**
   * @param sensors how many, each on a virtual thread of its own; beyond 1,024 they share these
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
    long start = System.nanoTime();
    List<FutureTask<Void>> readings = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int first = 0; first < Math.min(sensors, MOST_THREADS); first++) {
      int number = first;
      FutureTask<Void> task =
          new FutureTask<>(() -> {
            new Some(context, number).read(start);
            return null;
          });
      readings.add(task);
      threads.add(Thread.ofVirtual().name(context.name() + "-" + first).start(task));
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

  /** The sensors of one thread: one alone, or where they share threads every 1,024th of them. */
  private final class Some {
    private final int first;
    private final RecordWriter[] writers;

    /** The sequence that comes next, and the first one of this run. */
    private final long[] next;

    private final long[] begin;

    /** What sensors that send late know; of all others there is one for all. */
    private final SensorSignal[] signals;

    /** The name of the only sensor; of several it is made each time. */
    private final byte[] id;

    private final double nanosEach = rate == 0 ? 0 : sensors * 1e9 / rate;

    Some(SourceContext context, int first) {
      this.first = first;
      int count = (sensors - first + MOST_THREADS - 1) / MOST_THREADS;
      this.writers = new RecordWriter[count];
      this.next = new long[count];
      this.begin = new long[count];
      this.signals = new SensorSignal[behaviour.late() == 0 ? 1 : count];
      this.id = name(0).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < count; i++) {
        String name = name(i);
        writers[i] = context.partition(name);
        begin[i] = context.resumeFrom(name).sequence() + 1;
        next[i] = begin[i];
      }
      for (int i = 0; i < signals.length; i++) {
        signals[i] = new SensorSignal(behaviour, seed, records);
      }
    }

    private SensorSignal signal(int i) {
      return signals[signals.length == 1 ? 0 : i].of(first + i * MOST_THREADS);
    }

    private String name(int i) {
      return "sensor-" + (first + i * MOST_THREADS);
    }

    /** Each sends what is due, one reading after the other in turn. */
    void read(long start) throws InterruptedException {
      while (true) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < writers.length; i++) {
          if (skipDropped(i)) {
            long due = due(i, start);
            if (writers.length == 1) {
              awaitTime(due);
            }
            if (nanosEach == 0 || due - System.nanoTime() <= 0) {
              send(i);
            }
            least = Math.min(least, skipDropped(i) ? due(i, start) - start : Long.MAX_VALUE);
          }
        }
        if (least == Long.MAX_VALUE) {
          return;
        }
        if (nanosEach > 0) {
          awaitTime(start + least);
        }
      }
    }

    /** Passes readings that are not sent; false if there are no more. */
    private boolean skipDropped(int i) {
      SensorSignal signal = signal(i);
      while (next[i] <= records && signal.isDropped(signal.reading(next[i]))) {
        next[i]++;
      }
      return next[i] <= records;
    }

    private long due(int i, long start) {
      return nanosEach == 0
          ? start
          : start + (long) ((signal(i).sentWith(next[i]) - begin[i]) * nanosEach);
    }

    private void send(int i) throws InterruptedException {
      long sequence = next[i]++;
      SensorSignal signal = signal(i);
      long reading = signal.reading(sequence);
      byte[] name = writers.length == 1 ? id : name(i).getBytes(StandardCharsets.UTF_8);
      RecordWriter writer = writers[i];
      writer.setString(SENSOR_ID, name, 0, name.length);
      writer.setLong(TIMESTAMP, EPOCH_MS + (reading - 1) * STEP_MS);
      writer.setDouble(VALUE, signal.value(reading));
      writer.append(sequence, sequence);
    }
  }

  private void awaitTime(long nanos) throws InterruptedException {
    for (long wait = nanos - System.nanoTime(); wait > 0; wait = nanos - System.nanoTime()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(this, wait);
    }
  }
}
