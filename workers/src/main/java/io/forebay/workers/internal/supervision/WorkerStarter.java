package io.forebay.workers.internal.supervision;

import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.MonotonicClock;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.functions.PythonFunction;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.calls.Initializer;
import io.forebay.workers.internal.calls.WorkerOptions;
import io.forebay.workers.internal.launch.AotCaches;
import io.forebay.workers.internal.launch.JavaProgram;
import io.forebay.workers.internal.launch.PythonProgram;
import io.forebay.workers.internal.launch.WorkerEnd;
import io.forebay.workers.internal.launch.WorkerLauncher;
import io.forebay.workers.internal.launch.WorkerProgram;
import io.forebay.workers.internal.protocol.Assignment;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.ReplyMemory;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts the worker processes of a pool, each on a short-lived thread of its own, because the
 * handshake takes its time. Called by the supervisor's thread; outcomes are told on the starting
 * threads.
 */
public final class WorkerStarter {
  /** What all workers of the pool are given. */
  public record Plan(
      BoundFunction function,
      int stage,
      SlotSchema schema,
      SlotArea area,
      long controlOffset,
      WorkerOptions options) {

    /** What runs in the workers. */
    WorkerProgram program() {
      return function instanceof PythonFunction python
          ? PythonProgram.of(python.spec(), python.interpreter())
          : AotCaches.program().with(function.spec().environment());
    }

    /**
     * @throws IllegalArgumentException if the slots have no room for such a pool, or the function
     *     was bound to others
     */
    void check(PoolConfig config) {
      if (controlOffset % Ring.LINE != 0
          || controlOffset < 0
          || controlOffset + controlBytes(config) > area.control().byteSize()) {
        throw new IllegalArgumentException(
            "the control region has no room for a pool at "
                + controlOffset
                + ": it needs "
                + controlBytes(config)
                + " bytes at a multiple of "
                + Ring.LINE);
      }
      if (!schema.view(stage).equals(function.input())
          || !schema.outputs(stage).equals(function.outputs())) {
        throw new IllegalArgumentException(
            "the function "
                + function.name()
                + " was bound to other columns than stage "
                + stage
                + " of the slots has");
      }
    }
  }

  /** Is told how a start has ended: exactly one of both, once. */
  interface Outcome {
    void ready(Worker worker);

    void failed(WorkerLauncher.Start start, WorkerEnd end);
  }

  /** Workers that are ready before they are needed. */
  static final int SPARES = 1;

  private static final long END_SECONDS = 10;

  private final PoolConfig config;
  private final Plan plan;
  private final @Nullable ReplyMemory replies;
  private final WorkerLog log;
  private final int entries;
  private final long identity = MonotonicClock.nanos();
  private final Set<Process> starting = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final BitSet regions = new BitSet();
  private long generations;

  /** Tests let it fail. */
  public volatile Consumer<Thread> threadStarter = Thread::start;

  private volatile boolean closed;

  /**
   * @param replies where the workers answer; null: in the slots
   */
  WorkerStarter(PoolConfig config, Plan plan, @Nullable ReplyMemory replies, WorkerLog log) {
    this.config = config;
    this.plan = plan;
    this.replies = replies;
    this.log = log;
    this.entries = Ring.entriesFor(config.inFlightPerWorker());
  }

  /** How much of the control region a pool needs. */
  static long controlBytes(PoolConfig config) {
    return (config.workers() + SPARES) * Ring.bytes(Ring.entriesFor(config.inFlightPerWorker()));
  }

  /** Whether there is a part of the control region for one more: those who leave keep theirs. */
  boolean hasRegion() {
    return regions.cardinality() < config.workers() + SPARES;
  }

  /** Starts a worker of that name, in a part of the control region that no living one has. */
  void start(String name, Outcome outcome) {
    int region = regions.nextClearBit(0);
    regions.set(region);
    long generation = ++generations;
    long engine = ProcessHandle.current().pid();
    long at = plan.controlOffset + region * Ring.bytes(entries);
    MemorySegment memory = plan.area.control().asSlice(at, Ring.bytes(entries), Ring.LINE);
    ReplyMemory.Part part = replies == null ? null : replies.part(region, plan.stage);
    MemorySegment words = part == null ? memory : part.words();
    Ring ring = Ring.create(memory, words, entries, generation);
    Assignment assignment =
        new Assignment(
            engine,
            Assignment.Memory.of(plan.area),
            Optional.ofNullable(replies).map(all -> reply(all, region)),
            at,
            entries,
            generation,
            plan.stage,
            plan.schema,
            plan.function.spec(),
            plan.function.rowShape(),
            plan.function.outputs());
    String mark = engine + "-" + identity + "-" + generation;
    WorkerLauncher.Start start =
        new WorkerLauncher.Start(
            name, mark, region, config.processes().memoryBytes(), config.processes().priority());
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("forebay-" + config.name() + "-start")
            .unstarted(() -> run(start, assignment, ring, part, outcome));
    threads.add(thread);
    try {
      threadStarter.accept(thread);
    } catch (Throwable e) { // The machine has no room for a thread now: as for a process.
      threads.remove(thread);
      outcome.failed(start, notStarted(e));
    }
  }

  private static WorkerEnd notStarted(Throwable cause) {
    return new WorkerEnd(
        WorkerEnd.Kind.NOT_STARTED, "could not be started", ErrorText.headline(cause), "");
  }

  private static Assignment.Reply reply(ReplyMemory all, int region) {
    return new Assignment.Reply(all.path(), all.shape().parts(), region, all.shape().buffers());
  }

  private void run(
      WorkerLauncher.Start start,
      Assignment assignment,
      Ring ring,
      ReplyMemory.@Nullable Part part,
      Outcome outcome) {
    try {
      WorkerProgram program = plan.program().with(config.processes().launch());
      List<Frame> before = new ArrayList<>();
      if (plan.options.initializer().isPresent()) {
        before.add(Initializer.frame(plan.options.initializer().get()));
      }
      outcome.ready(launch(start, program, before, assignment, ring, part));
    } catch (WorkerLauncher.StartException e) {
      outcome.failed(start, e.end());
    } catch (Throwable e) { // Whatever it is, somebody waits. Only close() interrupts.
      outcome.failed(start, notStarted(e));
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  private Worker launch(
      WorkerLauncher.Start start,
      WorkerProgram program,
      List<Frame> before,
      Assignment assignment,
      Ring ring,
      ReplyMemory.@Nullable Part part)
      throws IOException, InterruptedException, WorkerLauncher.StartException {
    try {
      return launched(start, program, before, assignment, ring, part);
    } catch (WorkerLauncher.StartException e) {
      if (closed
          || e.end().kind() == WorkerEnd.Kind.REFUSED
          || !(program instanceof JavaProgram java)
          || java.cache().isEmpty()) {
        throw e;
      }
      // Whether it is the cache's fault or not: it must not be what keeps a worker from starting.
      Worker worker = launched(start, java.plain(), before, assignment, ring, part);
      if (e.end().kind() != WorkerEnd.Kind.KILLED) {
        distrust(java.cache().get(), start.name() + " " + e.end().what());
      }
      return worker;
    }
  }

  private Worker launched(
      WorkerLauncher.Start start,
      WorkerProgram program,
      List<Frame> before,
      Assignment assignment,
      Ring ring,
      ReplyMemory.@Nullable Part part)
      throws IOException, InterruptedException, WorkerLauncher.StartException {
    WorkerLauncher.Greeted greeted =
        WorkerLauncher.launch(start, program, before, assignment, log, this::started);
    return new Worker(
        start, greeted.process(), greeted.channel(), greeted.output(), ring, part, entries);
  }

  /** Who starts without a cache only has shown that it is the cache's fault. */
  private void distrust(Path cache, String what) {
    AotCaches.distrust(cache)
        .ifPresent(fate ->
            log.supervised(
                what
                    + " when it started from the AOT cache "
                    + cache
                    + ", and started without: the cache is "
                    + fate));
  }

  private void started(Process process) {
    starting.add(process);
    var _ = process.onExit().thenRun(() -> starting.remove(process));
    if (closed) {
      process.destroyForcibly();
    }
  }

  /** The worker is looked after by others now. */
  void release(Worker worker) {
    starting.remove(worker.process);
  }

  /** The worker that had the region is dead for certain. */
  void free(int region) {
    regions.clear(region);
  }

  /** Ends all starts; returns when their outcomes have been told. */
  void close() {
    closed = true;
    starting.forEach(Process::destroyForcibly);
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      join(thread);
    }
    for (Process process : starting) {
      process.destroyForcibly();
      awaitEnd(process);
    }
  }

  static void awaitEnd(Process process) {
    awaitEnd(process, MonotonicClock.nanos() + TimeUnit.SECONDS.toNanos(END_SECONDS));
  }

  static void awaitEnd(Process process, long until) {
    try {
      process.waitFor(Math.max(0, until - MonotonicClock.nanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Nobody interrupts the supervisor.
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(END_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
