package io.forebay.workers.internal.supervision;

import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.api.Completion;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/** Measures a pool by hand: {@code ThroughputMain processes 2 64 20 5}. */
final class ThroughputMain {
  private ThroughputMain() {}

  private static double cpu(java.util.stream.Stream<ProcessHandle> processes) {
    return processes
        .mapToDouble(
            p -> p.info().totalCpuDuration().orElse(java.time.Duration.ZERO).toNanos() / 1e9)
        .sum();
  }

  /** Where, workers, in flight per worker, rows a batch, seconds. */
  public static void main(String[] args) throws Exception {
    var on = PoolFixture.On.valueOf(args[0].toUpperCase(java.util.Locale.ROOT));
    int workers = Integer.parseInt(args[1]);
    int inFlight = Integer.parseInt(args[2]);
    int rows = Integer.parseInt(args[3]);
    double seconds = Double.parseDouble(args[4]);
    var config = PoolFixture.config(workers, inFlight);
    try (var fixture =
        new PoolFixture(
            on, Functions.Feature.class, java.util.Map.of(), config, Math.max(16384, rows * 96L))) {
      var free = new ArrayDeque<Slot>();
      for (int i = 0; i < fixture.area.slots(); i++) {
        free.add(fixture.fill(i, rows, 0, r -> r % 100));
      }
      var done = new ConcurrentLinkedQueue<Slot>();
      var failure = new AtomicReference<Object>();
      for (int round = 0; round < 4; round++) {
        long batches = 0;
        double engineCpu = cpu(java.util.stream.Stream.of(ProcessHandle.current()));
        double workersCpu = cpu(ProcessHandle.current().children());
        long started = System.nanoTime();
        long end = started + (long) (seconds * 1e9);
        while (System.nanoTime() < end && failure.get() == null) {
          for (int i = 0; i < 64; i++) {
            Slot slot = free.poll();
            while (slot == null) {
              slot = done.poll();
              if (slot == null) {
                Thread.onSpinWait();
              }
            }
            Slot submitted = slot;
            var _ =
                fixture
                    .pool
                    .submit(slot)
                    .thenAccept(c -> {
                      if (!(c instanceof Completion.Done)) {
                        failure.set(c);
                      }
                      done.add(submitted);
                    });
            batches++;
          }
        }
        double elapsed = (System.nanoTime() - started) / 1e9;
        System.out.printf(
            "%s %d workers, %d in flight, %d rows: %.3f M batches/s, %.1f M records/s;"
                + " CPU a batch: engine %.0f ns, workers %.0f ns %s%n",
            on,
            workers,
            inFlight,
            rows,
            batches / elapsed / 1e6,
            batches * rows / elapsed / 1e6,
            (cpu(java.util.stream.Stream.of(ProcessHandle.current())) - engineCpu) * 1e9 / batches,
            (cpu(ProcessHandle.current().children()) - workersCpu) * 1e9 / batches,
            failure.get() == null ? "" : failure.get());
      }
      System.out.println(fixture.said);
    }
  }
}
