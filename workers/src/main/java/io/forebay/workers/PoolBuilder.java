package io.forebay.workers;

import io.forebay.errors.ConfigurationException;
import io.forebay.slots.SlotArea;
import io.forebay.workers.api.AotCaching;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PhysicalCores;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.PythonSettings;
import io.forebay.workers.api.Recycling;
import io.forebay.workers.api.Repeat;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.api.WorkerPriority;
import io.forebay.workers.api.WorkerProcesses;
import io.forebay.workers.functions.BoundFunction;
import io.forebay.workers.internal.calls.WorkerOptions;
import io.forebay.workers.internal.launch.AotCaches;
import io.forebay.workers.internal.launch.LoaderPath;
import io.forebay.workers.internal.pools.PoolSettings;
import io.forebay.workers.internal.pools.StandalonePool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * How a pool that is used alone is to be. Every value has a default; nothing is started before
 * {@link #start}, which refuses what cannot be with a {@link
 * io.forebay.errors.ConfigurationException} of one sentence. Not thread-safe.
 *
 * @param <P> what is started: a {@link CallPool}, a {@link BatchPool} or an {@link
 *     java.util.concurrent.ExecutorService}
 */
public final class PoolBuilder<P> {
  private static final long MIB = 1 << 20;
  private static final int MOST_CALLS = 1 << 16;

  private final String function;
  private final boolean processes;
  private final Function<PoolBuilder<P>, P> starter;
  private String name = "pool";
  private int workers = PhysicalCores.count();
  private int inFlight;
  private int prefetch;
  private Duration deadline = Duration.ofDays(10_000);
  private boolean timed;
  private WorkerProcesses treatment =
      new WorkerProcesses(Duration.ofDays(10_000), 256 * MIB).priority(WorkerPriority.NORMAL);
  private long slotBytes;
  private WhenFull whenFull = WhenFull.block();
  private Repeat repeat = Repeat.ONE_TIMEOUT;
  private boolean faultsStop = true;
  private Map<String, String> parameters = Map.of();
  private PythonSettings python = PythonSettings.DEFAULT;
  private Optional<FunctionSpec> initializer = Optional.empty();
  private Map<String, String> environment = Map.of();
  private Duration closeWithin = Duration.ofSeconds(30);
  private AotCaching aotCaching = AotCaching.IN_BACKGROUND;
  private WorkerLog log = WorkerLog.system();
  private List<Path> classPath = List.of();
  private boolean extras;

  PoolBuilder(
      String function,
      boolean processes,
      long slotBytes,
      int prefetch,
      Function<PoolBuilder<P>, P> starter) {
    this.function = function;
    this.processes = processes;
    this.slotBytes = slotBytes;
    this.prefetch = prefetch;
    this.starter = starter;
  }

  /** Starts the workers, and returns when all of them are ready. */
  public P start() {
    if (processes && !function().isPython()) {
      if (classPath.isEmpty()) {
        classPath = LoaderPath.ofContext();
      }
      AotCaches.prepare(classPath.isEmpty() ? aotCaching : AotCaching.OFF, WorkerLog.guarded(log));
    }
    return starter.apply(this);
  }

  /** The pool's name in messages and thread names; messages call it a stage. Default: pool. */
  public PoolBuilder<P> name(String value) {
    name = value;
    return this;
  }

  /**
   * How many workers, 1 to 65,536. Default: as many as there are physical cores within the CPU
   * quota and affinity of this process.
   */
  public PoolBuilder<P> workers(int count) {
    workers = within(1, MOST_CALLS, count, "workers");
    return this;
  }

  /**
   * How many calls (or batches) may be on their way at once, waiting ones included; at least one
   * for each worker. Each has a slot of the shared memory. Default: 4 for each worker.
   */
  public PoolBuilder<P> inFlight(int calls) {
    inFlight = within(1, MOST_CALLS, calls, "inFlight");
    return this;
  }

  /** What happens to one call more than that. Default: the caller waits. */
  public PoolBuilder<P> whenFull(WhenFull policy) {
    whenFull = policy;
    return this;
  }

  /**
   * How many calls are handed to a worker while it is in another one. With 0 a worker has to wait
   * some 20 to 100 µs for its next call; with more, a short call may have to wait behind a long one
   * although another worker is idle. Default: 0 for calls and tasks, 1 for batches.
   */
  public PoolBuilder<P> prefetch(int calls) {
    prefetch = within(0, MOST_CALLS, calls, "prefetch");
    return this;
  }

  /**
   * How long a call may run. A worker process is killed when its call takes longer, and replaced; a
   * call that is alone in its slot fails then, one of several is looked for first. Default: for
   * ever. Threads cannot be killed: {@link #start} refuses it for them, use {@link #deadline}.
   */
  public PoolBuilder<P> timeout(Duration ofCall) {
    treatment = treatment.timeout(positive(ofCall, "timeout"));
    timed = true;
    return this;
  }

  /**
   * How long a call may take from being submitted to its result, all waiting included. It fails
   * then, and is cancelled. Default: for ever.
   */
  public PoolBuilder<P> deadline(Duration ofCall) {
    deadline = positive(ofCall, "deadline");
    return this;
  }

  /**
   * How worker processes compete for cores. Default: {@link WorkerPriority#NORMAL}, as everything
   * else. {@link WorkerPriority#LOW}, which pipelines use, lets this process go first, so that it
   * answers without delay while every core computes.
   */
  public PoolBuilder<P> priority(WorkerPriority ofWorkers) {
    treatment = treatment.priority(ofWorkers);
    return this;
  }

  /**
   * Whether worker processes can write into nothing but memory of their own. Then a stray write of
   * native code spoils no other call or batch; each result is copied and checked, which costs some
   * microseconds. Default: true for Python functions, false for Java.
   */
  public PoolBuilder<P> protect(boolean fromStrayWrites) {
    treatment = treatment.protect(fromStrayWrites);
    return this;
  }

  /** The memory limit of a worker process: its heap and direct memory. Default: 256 MiB. */
  public PoolBuilder<P> memory(long bytes) {
    treatment = treatment.memory(atLeast(8 * MIB, bytes, "memory"));
    return this;
  }

  /**
   * The size of a slot: an argument and its result, or a batch with its outputs, have to fit.
   * Default: 64 KiB for calls and tasks, 1 MiB for batches. Memory is taken when it is written to.
   */
  public PoolBuilder<P> slotBytes(long bytes) {
    slotBytes = within(4096, SlotArea.MAX_SLOT_BYTES, bytes, "slotBytes");
    return this;
  }

  /**
   * Whether a call that was running when its worker process died is tried again on another worker:
   * once more if it was alone, until the culprit is found if it was one of several. Without, the
   * function is called at most once for each argument. Default: true.
   */
  public PoolBuilder<P> retry(boolean again) {
    repeat = again ? Repeat.ONE_TIMEOUT : Repeat.NEVER;
    return this;
  }

  /**
   * Whether a pool of which nearly every call costs its worker stops calling for 30 s, failing
   * calls meanwhile ({@link CallException.Kind#UNAVAILABLE}). Workers that cannot start, or die
   * without a call to blame, stop it in any case. Default: true.
   */
  public PoolBuilder<P> stopForFaults(boolean stops) {
    faultsStop = stops;
    return this;
  }

  /** Handed to the function's constructor, or to a Python function as keyword arguments. */
  public PoolBuilder<P> parameters(Map<String, String> values) {
    parameters = Map.copyOf(values);
    return this;
  }

  /** The interpreter and the folders of Python functions. */
  public PoolBuilder<P> python(PythonSettings settings) {
    python = settings;
    return this;
  }

  /**
   * What each worker runs once, before its first call: a public class with a public constructor.
   * Where it throws, the worker does not start: so does the pool, or, of a replacement, is tried
   * again after a while.
   */
  public PoolBuilder<P> initializer(Class<?> runnableOrCallable) {
    return initializer(runnableOrCallable.getName(), Map.of());
  }

  /**
   * As {@link #initializer(Class)}, by name: the class of a {@link Runnable} or {@link Callable},
   * or {@code python:module.function}, which is called with the parameters alone.
   */
  public PoolBuilder<P> initializer(String reference, Map<String, String> withParameters) {
    initializer = Optional.of(new FunctionSpec(reference, withParameters));
    return this;
  }

  /**
   * Replaces each worker process after so many calls or batches, ± 10 %. The one that replaces it
   * is started first, and what it has in work is finished. Default: 0, never.
   */
  public PoolBuilder<P> recycleAfterCalls(long calls) {
    long most = atLeast(0, calls, "recycleAfterCalls");
    treatment = treatment.recycling(new Recycling(most, treatment.recycling().growthBytes()));
    return this;
  }

  /**
   * Replaces each worker process when its resident size has grown by so many bytes, ± 10 %, since
   * it was ready; looked at four times a second; on Linux. Default: 0, never.
   */
  public PoolBuilder<P> recycleAfterGrowth(long bytes) {
    long most = atLeast(0, bytes, "recycleAfterGrowth");
    treatment = treatment.recycling(new Recycling(treatment.recycling().calls(), most));
    return this;
  }

  /**
   * Variables that each worker process has besides {@code PATH}, {@code HOME} and the like.
   * Libraries for linear algebra take one thread a worker unless {@code OMP_NUM_THREADS} and the
   * like say otherwise here.
   */
  public PoolBuilder<P> environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /** How long {@code close()} waits for what is in flight. Default: 30 s. */
  public PoolBuilder<P> closeWithin(Duration longest) {
    closeWithin = longest;
    return this;
  }

  /** Whether Java workers start from an AOT cache. Default: one is made in the background. */
  public PoolBuilder<P> aotCache(AotCaching caching) {
    aotCaching = caching;
    return this;
  }

  /**
   * Where it is said what workers print and what becomes of them. Default: the system's logger
   * {@code io.forebay.workers}.
   */
  public PoolBuilder<P> log(WorkerLog target) {
    log = target;
    return this;
  }

  /**
   * The jars and folders from which Java workers load everything, Forebay's classes included; the
   * function has to be found by the context class loader of the thread that calls {@link #start},
   * too. Default: what that class loader and those above it are made of, if they tell ({@link
   * java.net.URLClassLoader}), and the class path of this process. Workers with a class path of
   * their own start without an AOT cache.
   */
  public PoolBuilder<P> classPath(List<Path> jarsAndFolders) {
    classPath = List.copyOf(jarsAndFolders);
    return this;
  }

  /**
   * Whether rows carry undeclared members ({@code RowWriter.setExtras}) past the function. For
   * pools of batches. Default: false.
   */
  public PoolBuilder<P> extras(boolean carried) {
    extras = carried;
    return this;
  }

  // ------------------------------------------------------------------ for those who start

  FunctionSpec function() {
    return new FunctionSpec(function, parameters, python, environment);
  }

  FunctionSpec function(PythonSettings settings) {
    return new FunctionSpec(function, parameters, settings, environment);
  }

  PythonSettings python() {
    return python;
  }

  StandalonePool start(BoundFunction bound) {
    return StandalonePool.start(settings(), bound, processes);
  }

  PoolSettings settings() {
    if (!processes && (timed || treatment.recycling().isWanted())) {
      throw new ConfigurationException(
          "the pool "
              + name
              + " has threads, which cannot be killed: remove timeout (deadline interrupts a call)"
              + " and recycling, or use processes");
    }
    int window = 1 + prefetch;
    int capacity = Math.max(inFlight == 0 ? 4 * workers : inFlight, workers);
    PoolConfig config = new PoolConfig(name, workers, window, launched());
    WorkerOptions options = new WorkerOptions(capacity, initializer, faultsStop);
    return new PoolSettings(
        config, options, slotBytes, extras, deadlineNanos(), whenFull, repeat, closeWithin, log);
  }

  private WorkerProcesses launched() {
    return treatment.launch(treatment.launch().classPath(classPath));
  }

  private long deadlineNanos() {
    return deadline.compareTo(Duration.ofDays(10_000)) >= 0 ? Long.MAX_VALUE : deadline.toNanos();
  }

  private static Duration positive(Duration value, String what) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " " + value + " is not positive");
    }
    return value;
  }

  private static int within(int least, int most, int value, String what) {
    return (int) within((long) least, most, value, what);
  }

  private static long within(long least, long most, long value, String what) {
    if (value > most) {
      throw new IllegalArgumentException(what + " " + value + " is more than " + most);
    }
    return atLeast(least, value, what);
  }

  private static long atLeast(long least, long value, String what) {
    if (value < least) {
      throw new IllegalArgumentException(what + " " + value + " is less than " + least);
    }
    return value;
  }
}
