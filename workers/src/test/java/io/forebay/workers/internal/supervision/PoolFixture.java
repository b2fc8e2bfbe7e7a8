package io.forebay.workers.internal.supervision;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.threads.InlinePool;
import io.forebay.workers.internal.threads.ThreadPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntToDoubleFunction;

/** A pool of one stage, the slots it works on, and what it says. */
public final class PoolFixture implements AutoCloseable {
  public static final Schema INPUT =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("id", ColumnType.INT64),
          Field.of("value", ColumnType.FLOAT64));

  /** Where a test's pool runs. */
  public enum On {
    INLINE,
    THREADS,
    PROCESSES
  }

  final List<String> printed = new CopyOnWriteArrayList<>();
  public final List<String> said = new CopyOnWriteArrayList<>();
  final PoolConfig config;
  final BoundFunction function;
  final SlotSchema schema;
  final SlotArea area;
  public final WorkerPool pool;
  private final StagedRow row;
  private long sequence;

  public PoolFixture(On on, Class<?> function, PoolConfig config) throws IOException {
    this(on, function, Map.of(), config, 1 << 20);
  }

  PoolFixture(
      On on, Class<?> function, Map<String, String> parameters, PoolConfig config, long slotBytes)
      throws IOException {
    this(on, new FunctionSpec(function.getName(), parameters), config, slotBytes);
  }

  PoolFixture(On on, FunctionSpec function, PoolConfig config, long slotBytes) throws IOException {
    this.config = config;
    this.function = FunctionBinder.bind(function, INPUT);
    this.schema = SlotSchema.of(INPUT, false, List.of(this.function.outputs()));
    this.row = new StagedRow(schema);
    int slots = config.workers() * config.inFlightPerWorker() + 2;
    if (on == On.PROCESSES) {
      area = SlotArea.shared(slots, slotBytes, ProcessPool.controlBytes(config));
      try {
        pool = ProcessPool.start(config, this.function, 0, schema, area, 0, log());
      } catch (IOException | RuntimeException e) {
        area.close();
        throw e;
      }
    } else {
      area = SlotArea.local(slots, slotBytes);
      pool =
          on == On.THREADS
              ? new ThreadPool(config, this.function, 0)
              : new InlinePool(this.function, 0);
    }
  }

  public static PoolConfig config(int workers, int inFlight) {
    return new PoolConfig("test", workers, inFlight, Duration.ofSeconds(20), 64 << 20);
  }

  WorkerLog log() {
    return new WorkerLog() {
      @Override
      public void printed(String worker, String line) {
        printed.add("[" + worker + "] " + line);
      }

      @Override
      public void supervised(String sentence) {
        said.add(sentence);
      }
    };
  }

  public ProcessPool processes() {
    return (ProcessPool) pool;
  }

  /** Whether a worker of a pool of processes is in a call, and not only given one. */
  public static boolean isCalling(WorkerPool pool) {
    return Arrays.stream(((ProcessPool) pool).fleet.active()).anyMatch(Worker::isCalling);
  }

  List<ProcessHandle> workers() {
    List<ProcessHandle> handles = new ArrayList<>();
    for (Worker worker : processes().fleet.active()) {
      handles.add(worker.process.toHandle());
    }
    return handles;
  }

  /** Fills slot {@code number} with rows of ids from {@code firstId} on. */
  public Slot fill(int number, int rows, long firstId, IntToDoubleFunction value) {
    Slot slot = area.slot(number, schema);
    slot.format(rows, sequence++);
    byte[] sensor = "sensor-1".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int i = 0; i < rows; i++) {
      row.clear();
      row.setBytes(0, sensor, 0, sensor.length);
      row.setLong(1, firstId + i);
      row.setDouble(2, value.applyAsDouble(i));
      if (!slot.append(row, 0, firstId + i)) {
        throw new IllegalStateException("row " + i + " does not fit");
      }
    }
    return slot;
  }

  /** The slot's rows behind the stage, without those that were rejected or filtered. */
  Batch kept(Slot slot, Completion completion) {
    Completion.Done done = (Completion.Done) completion;
    if (!slot.keep(done.result())) {
      throw new IllegalStateException("does not fit");
    }
    return slot.view(1);
  }

  @Override
  public void close() {
    pool.close();
    area.close();
  }
}
