package io.forebay.engine.internal.run;

import io.forebay.RecordCounts;
import io.forebay.Schema;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.internal.delivery.RecordLedger;
import io.forebay.engine.internal.delivery.SinkRunner;
import io.forebay.engine.internal.heartbeat.Heartbeats;
import io.forebay.engine.internal.intake.Forebay;
import io.forebay.engine.internal.intake.Intake;
import io.forebay.engine.internal.loops.Lifecycle;
import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.EpochClock;
import io.forebay.engine.internal.measure.LatencyMeter;
import io.forebay.engine.internal.plan.PipelineDefinition;
import io.forebay.engine.internal.plan.Plan;
import io.forebay.engine.internal.recovery.Recovery;
import io.forebay.engine.internal.sinks.SinkChain;
import io.forebay.engine.internal.tap.PipelineTaps;
import io.forebay.engine.internal.windows.WindowStage;
import io.forebay.engine.internal.windows.WindowState;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.internal.events.BatchTracing;
import io.forebay.snapshot.EngineTimes;
import io.forebay.snapshot.PipelineSettings;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.StageSnapshot;
import io.forebay.tap.TapPart.Kind;
import io.forebay.tap.Taps;
import io.forebay.workers.api.WorkerThreads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that was started: builds all parts, starts their threads, and one thread, the
 * coordinator, waits for the end and takes everything down again.
 *
 * <p>Threads: each source one virtual thread (and what it starts itself), the dispatcher, the sink
 * runner and the sinks ({@link EngineThreads}), the stages' workers, the coordinator.
 */
public final class Run {
  private static final Duration PATIENCE = WorkerThreads.PATIENCE;

  /**
   * How long a source that cannot repeat may take to hand in what it has received when the run
   * drains; again for as long as records are handed in or delivered meanwhile.
   */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final Plan plan;
  private final Ticker ticker;
  private final Lifecycle lifecycle;
  private final Recovery recovery;
  private final Intake intake;
  private final RunSources sources;
  private final RunOutputs outputs;
  private final RecordLedger ledger;
  private final LatencyMeter latency;
  private final @Nullable WindowStage windows;
  private final RunStages stages;
  private final EngineThreads threads;
  private final Sampler sampler;
  private final PipelineTaps taps;
  private final Heartbeats heartbeats;
  private final CompletableFuture<PipelineResult> result = new CompletableFuture<>();
  private final long startedAt;
  private volatile long flowingSince;
  private volatile boolean flowing;
  private volatile @Nullable PipelineSnapshot last;

  private Run(Plan plan, Ticker ticker) {
    this.plan = plan;
    this.ticker = ticker;
    PipelineDefinition config = plan.config();
    lifecycle = new Lifecycle(ticker);
    Optional<WindowState> state =
        plan.windows().map(each -> WindowState.read(each, plan.outputs(), config.fresh()));
    recovery =
        state.isPresent()
            ? Recovery.withState(
                plan.identity(),
                RunOutputs.named(plan),
                config.fresh(),
                state.get().epoch(),
                plan::isRepeatable)
            : Recovery.of(
                plan.identity(),
                RunOutputs.named(plan),
                config.fresh(),
                config.continues().isPresent(),
                plan::isRepeatable);
    stages = new RunStages(plan);
    startedAt = ticker.nanos();
    Forebay forebay =
        new Forebay(
            ticker, stages.slots(), config.memory().slotBytes(), config.delivery().window());
    EngineThreads.Doorbells doorbells = new EngineThreads.Doorbells(new Doorbell(), new Doorbell());
    intake =
        new Intake(
            forebay,
            ticker,
            doorbells.dispatcher(),
            doorbells.sinkRunner(),
            config.sources().size());
    windows =
        state
            .map(each ->
                new WindowStage(
                    each,
                    recovery.resume(),
                    plan.identity(),
                    intake,
                    startedAt,
                    stages.memoryBehind(ticker, doorbells.dispatcher())))
            .orElse(null);
    heartbeats = new Heartbeats("forebay-" + config.name(), ticker);
    sources = new RunSources(plan, recovery, intake, lifecycle, heartbeats);
    outputs = new RunOutputs(plan, recovery, intake.names(), ticker);
    ledger = new RecordLedger(recovery.start(), !recovery.adds(), sources::dropped);
    latency = new LatencyMeter(ticker, EpochClock::micros);
    SinkRunner sinkRunner = new SinkRunner(wiring(), doorbells.sinkRunner(), ticker);
    stages.connect(
        intake, windows == null ? null : windows.behind(), sinkRunner, doorbells.dispatcher());
    threads =
        new EngineThreads(
            "forebay-" + config.name(),
            stages.agent(),
            sinkRunner,
            doorbells,
            outputs,
            lifecycle,
            ticker);
    threads.beat(heartbeats);
    sampler = new Sampler("forebay-" + config.name(), stages.all(), ticker);
    taps = new PipelineTaps(ticker::nanos);
  }

  private SinkRunner.Wiring wiring() {
    return new SinkRunner.Wiring(
        plan.identity(),
        plan.first(),
        plan.multiplies(),
        intake,
        outputs.sinks(),
        outputs.deadLetters(),
        ledger,
        latency,
        batch -> stages.records().partWritten(batch),
        sources::acknowledged,
        windows);
  }

  // ------------------------------------------------------------------ starting

  /**
   * Builds and starts everything.
   *
   * @throws ConfigurationException with nothing left running
   */
  public static Run start(Plan plan, Ticker ticker, BatchTracing tracing) {
    Run run;
    try {
      run = new Run(plan, ticker);
    } catch (RuntimeException e) {
      closeSources(plan);
      closeAll(RunOutputs.named(plan).stream().map(Recovery.Named::output).toList());
      throw e;
    }
    try {
      run.sources.prepare();
      run.stages.start(run.lifecycle::isOver);
      if (run.windows != null) {
        run.windows.prepare();
      }
      run.outputs.open();
    } catch (RuntimeException | Error e) {
      run.stages.close(Duration.ZERO);
      run.outputs.close(run.threads::failed); // Also those that were not opened.
      closeSources(plan);
      run.stages.closeMemory();
      throw e;
    }
    run.addTaps();
    run.stages.traceWith(tracing);
    run.threads.start();
    run.sampler.start();
    run.heartbeats.start();
    Thread.ofPlatform().name("forebay-" + plan.config().name()).start(run.coordinator());
    run.flowingSince = ticker.nanos();
    run.flowing = true;
    run.sources.start();
    return run;
  }

  private static void closeSources(Plan plan) {
    closeAll(plan.config().sources().stream().map(PipelineDefinition.NamedSource::source).toList());
  }

  /** Of a run that does not start: they may have looked already. */
  private static void closeAll(List<? extends AutoCloseable> all) {
    for (AutoCloseable each : all) {
      try {
        each.close();
      } catch (Exception e) {
        // What has stopped the start is said.
      }
    }
  }

  /** In the order in which records flow. */
  private void addTaps() {
    List<PipelineDefinition.NamedSource> named = plan.config().sources();
    Schema read = plan.slots().view(0);
    for (int i = 0; i < named.size(); i++) {
      int source = i;
      taps.addSource(
          named.get(i).name(),
          read,
          stages.read(),
          named.size() == 1
              ? partition -> true
              : partition -> intake.names().partition(partition).source == source);
    }
    stages.addTo(taps);
    Schema columns = plan.outputs();
    for (SinkChain sink : outputs.sinks()) {
      taps.add(Kind.SINK, sink.name(), columns, sink.given());
    }
    if (plan.config().deadLetters() != null) {
      taps.addDeadLetters(Recovery.DEAD_LETTER, columns, outputs.deadLetters().given());
    }
  }

  // ------------------------------------------------------------------ ending

  /** Whatever happens, who waits for the result gets one. */
  private AgentRunner coordinator() {
    return AgentRunner.once(
        this::coordinate,
        e -> {
          lifecycle.stop();
          threads.end();
          result.completeExceptionally(e);
        });
  }

  private void coordinate() {
    Lifecycle.Event event;
    try {
      event = lifecycle.await();
      if (event == Lifecycle.Event.DRAIN) {
        sources.refuse(LAST_WORDS, this::progress);
        event = lifecycle.await();
      }
    } catch (InterruptedException e) {
      lifecycle.stop();
      event = Lifecycle.Event.GIVEN_UP;
    }
    sources.refuse(Duration.ZERO, this::progress);
    // What fails from here on fails because it is interrupted.
    Lifecycle.Failure failure = lifecycle.failure();
    if (event != Lifecycle.Event.DELIVERED) {
      threads.abort(event == Lifecycle.Event.FAILED);
    }
    PipelineSnapshot snapshot = snapshot();
    last = snapshot;
    boolean clean = event == Lifecycle.Event.DELIVERED;
    sampler.end();
    heartbeats.end();
    release(clean);
    result.complete(
        failure != null
            ? new PipelineResult.Failed(snapshot, failure.reason(), failure.cause())
            : !clean
                ? new PipelineResult.DeadlineExceeded(snapshot)
                : intake.isComplete()
                    ? new PipelineResult.Completed(snapshot)
                    : new PipelineResult.Drained(snapshot));
  }

  /** A number that grows while records are handed in or written. */
  private long progress() {
    return snapshot().records().read() + ledger.written();
  }

  private void release(boolean clean) {
    boolean ended = stages.close(clean ? PATIENCE : Duration.ZERO);
    ended &= threads.join(PATIENCE);
    sources.close(PATIENCE);
    if (windows != null) {
      windows.end();
    }
    if (ended) {
      stages.closeMemory(); // Otherwise a function that does not return still uses it.
    }
  }

  // ------------------------------------------------------------------ from outside

  public Taps taps() {
    return taps;
  }

  public List<String> notices() {
    return recovery.notices();
  }

  public void drain(Duration deadline) {
    lifecycle.drain(deadline);
  }

  public void stop() {
    lifecycle.stop();
  }

  public CompletableFuture<PipelineResult> result() {
    return result;
  }

  private long starting(long now) {
    return (flowing ? flowingSince : now) - startedAt;
  }

  /** Where there are windows, what is committed of a record is that it is in one. */
  private RecordCounts shown(RecordCounts counts) {
    return windows == null ? counts : counts.ofWindows();
  }

  public PipelineSnapshot snapshot() {
    PipelineSnapshot ended = last;
    if (ended != null) {
      return ended;
    }
    long now = ticker.nanos();
    long elapsed = Math.max(0, now - startedAt);
    // Before what was read: in flight is never negative.
    RecordLedger.Counts counts = ledger.counts();
    Intake.Snapshot read = intake.snapshot(now, startedAt);
    RunSources.Standing standing = sources.standing(read.sources());
    List<StageSnapshot> measured = stages.snapshots(now, elapsed, read.roomWait());
    EngineTimes engine = sampler.meter().times(now, starting(now), threads.dispatcherNanos(), read);
    PipelineDefinition.Delivery delivery = plan.config().delivery();
    return new PipelineSnapshot(
        plan.config().name(),
        Duration.ofNanos(elapsed),
        shown(counts.with(read.read(), standing.dropped())),
        shown(recovery.adds() ? recovery.earlier() : ledger.earlier(recovery.earlier())),
        plan.config().memory().slots(),
        read.freeSlots(),
        Math.min(1, (double) engine.dispatcher() / Math.max(1, elapsed)),
        standing.sources(),
        measured,
        outputs.snapshots(now, elapsed),
        new PipelineSettings(delivery.window(), delivery.maxLatency(), delivery.ordered()),
        engine,
        sampler.meter().host(measured),
        latency.latency(),
        heartbeats.read(),
        outputs.deadLetters().reasons(now));
  }
}
