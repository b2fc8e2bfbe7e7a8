package io.forebay.benchmarks;

import io.forebay.Schema;
import io.forebay.columns.Float64Column;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.StagePools;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerPool;
import io.forebay.workers.api.WorkerPriority;
import io.forebay.workers.api.WorkerProcesses;
import io.forebay.workers.functions.BoundFunction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Readings that lie in slots, and a pool that calls a function on them in place. All of it is
 * prepared before anything is measured, as the lecture's list of records is.
 */
final class PoolWorkload implements AutoCloseable {
  static final String LECTURE = "io.forebay.functions.LectureFeatures";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int IN_FLIGHT_PER_WORKER = 1024;

  /** Where the function runs. */
  enum Placement {
    PROCESSES,
    THREADS
  }

  private final int records;
  private final SlotArea area;
  private final WorkerPool pool;
  private final List<Slot> slots;
  private final CompletableFuture<?>[] calls;
  private final int batch;

  private PoolWorkload(int records, int batch, SlotArea area, WorkerPool pool, List<Slot> slots) {
    this.records = records;
    this.batch = batch;
    this.area = area;
    this.pool = pool;
    this.slots = slots;
    this.calls = new CompletableFuture<?>[slots.size()];
  }

  /** Starts the pool and fills the slots. */
  static PoolWorkload start(Placement placement, int workers, int records, int batch)
      throws IOException {
    return start(placement, LECTURE, workers, records, batch);
  }

  /** Starts a pool for the function of that name. */
  static PoolWorkload start(Placement placement, String name, int workers, int records, int batch)
      throws IOException {
    return start(placement, FunctionSpec.of(name), workers, records, batch);
  }

  /** Starts a pool for a function. */
  static PoolWorkload start(
      Placement placement, FunctionSpec spec, int workers, int records, int batch)
      throws IOException {
    return start(placement, WorkerPriority.LOW, spec, workers, records, batch);
  }

  /** Starts worker processes that can write into memory of their own only, or everywhere. */
  static PoolWorkload start(boolean protect, FunctionSpec spec, int workers, int records, int batch)
      throws IOException {
    return start(
        Placement.PROCESSES,
        new PoolConfig(
            "features",
            workers,
            IN_FLIGHT_PER_WORKER,
            new WorkerProcesses(TIMEOUT, 256L << 20).protect(protect)),
        spec,
        records,
        batch);
  }

  /** Starts a pool for a function, of workers of that priority. */
  static PoolWorkload start(
      Placement placement,
      WorkerPriority priority,
      FunctionSpec spec,
      int workers,
      int records,
      int batch)
      throws IOException {
    return start(
        placement,
        new PoolConfig(
            "features",
            workers,
            IN_FLIGHT_PER_WORKER,
            new WorkerProcesses(TIMEOUT, 256L << 20).priority(priority)),
        spec,
        records,
        batch);
  }

  private static PoolWorkload start(
      Placement placement, PoolConfig config, FunctionSpec spec, int records, int batch)
      throws IOException {
    BoundFunction function = FunctionBinder.bind(spec, Readings.SCHEMA);
    SlotSchema schema = SlotSchema.of(Readings.SCHEMA, false, List.<Schema>of(function.outputs()));
    int count = Math.ceilDiv(records, batch);
    long slotBytes = slotBytes(batch);
    SlotArea area;
    WorkerPool pool;
    if (placement == Placement.PROCESSES) {
      area = SlotArea.shared(count, slotBytes, StagePools.controlBytes(config));
      pool = StagePools.processes(config, function, 0, schema, area, 0);
    } else {
      area = SlotArea.local(count, slotBytes);
      pool = StagePools.threads(config, function, 0);
    }
    List<Slot> slots = new ArrayList<>(count);
    for (int number = 0; number < count; number++) {
      slots.add(area.slot(number, schema));
    }
    var workload = new PoolWorkload(records, batch, area, pool, slots);
    workload.fill(new StagedRow(schema), Readings.values(records));
    return workload;
  }

  /** Generous: what a batch of readings and features needs, and the slot's own bookkeeping. */
  private static long slotBytes(int batch) {
    return Math.ceilDiv(6144L + 128L * batch, 4096L) * 4096L;
  }

  private void fill(StagedRow row, double[] values) {
    for (int number = 0; number < slots.size(); number++) {
      slots.get(number).format(batch, number);
    }
    for (int record = 0; record < records; record++) {
      byte[] sensor = Readings.sensor(record).getBytes(StandardCharsets.US_ASCII);
      row.clear();
      row.setBytes(0, sensor, 0, sensor.length);
      row.setLong(1, Readings.timestamp(record));
      row.setDouble(2, values[record]);
      if (!slots.get(record / batch).append(row, 0, record)) {
        throw new IllegalStateException("record " + record + " does not fit into its slot");
      }
    }
  }

  /**
   * Calls the function on every batch, {@code passes} times, without a pause between the passes: a
   * batch is submitted again as soon as it is back, as in a stream. Returns records a second.
   */
  double recordsPerSecond(int passes) throws Exception {
    long begin = System.nanoTime();
    for (int pass = 0; pass < passes; pass++) {
      for (int number = 0; number < calls.length; number++) {
        if (pass > 0) {
          expectDone(calls[number]);
        }
        calls[number] = pool.submit(slots.get(number));
      }
    }
    for (CompletableFuture<?> call : calls) {
      expectDone(call);
    }
    return (double) records * passes / ((System.nanoTime() - begin) / 1e9);
  }

  private static void expectDone(CompletableFuture<?> call) throws Exception {
    if (!(call.get() instanceof Completion.Done)) {
      throw new IllegalStateException("a batch was lost: " + call.get());
    }
  }

  /** Calls the function on the first batch and waits, again and again; returns each call's time. */
  long[] roundTripNanos(int trips) throws Exception {
    long[] nanos = new long[trips];
    for (int trip = 0; trip < trips; trip++) {
      long begin = System.nanoTime();
      Completion completion = pool.submit(slots.getFirst()).get();
      nanos[trip] = System.nanoTime() - begin;
      if (!(completion instanceof Completion.Done)) {
        throw new IllegalStateException("a batch was lost: " + completion);
      }
    }
    return nanos;
  }

  /** An output column of all records. */
  double[] outputs(String column) {
    double[] values = new double[records];
    int record = 0;
    for (Slot slot : slots) {
      Float64Column found = slot.view(1).float64(column);
      for (int row = 0; row < slot.rows(); row++) {
        values[record++] = found.get(row);
      }
    }
    return values;
  }

  /** The sum of all features: the proof that they were computed. */
  double sumOfFeatures() {
    double sum = 0;
    for (Slot slot : slots) {
      var view = slot.view(1);
      Float64Column feature = view.float64("feature");
      for (int row = 0; row < view.rows(); row++) {
        sum += feature.get(row);
      }
    }
    return sum;
  }

  @Override
  public void close() {
    pool.close();
    area.close();
  }
}
