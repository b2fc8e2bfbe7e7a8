package io.forebay.engine;

import io.forebay.ConfigurationException;
import io.forebay.DeadLetters;
import io.forebay.Frontier;
import io.forebay.Output;
import io.forebay.PipelineSnapshot;
import io.forebay.Position;
import io.forebay.Remedy;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.Source;
import io.forebay.SourceSnapshot;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Doorbell;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.workers.internal.threads.WorkerThreads;
import io.forebay.workers.api.WorkerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that was started: builds all parts, starts their threads, and one thread, the
 * coordinator, waits for the end and takes everything down again.
 *
 * <p>Threads: each source one virtual thread (and what it starts itself), the dispatcher, the sink
 * runner (which alone uses the dead letters, and a single sink, once they are open), one for each
 * sink where there are several, the stages' workers, the coordinator.
 */
final class Run {
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
  private final SlotArea area;
  private final Intake intake;
  private final SinkRunner sinkRunner;
  private final Dispatcher dispatcher;
  private final List<OutputLane> outputs = new ArrayList<>();
  private final List<StageLane> lanes = new ArrayList<>();
  private final List<SourceRunner> sources = new ArrayList<>();
  private final AtomicInteger sourcesRunning;
  private final Doorbell dispatcherBell = new Doorbell();
  private final Doorbell sinkBell = new Doorbell();
  private final LongAdder dispatcherBusy = new LongAdder();
  private final AgentRunner dispatching;
  private final AgentRunner delivering;
  private final Thread dispatcherThread;
  private final Thread sinkThread;
  private final SinkThreads sinkThreads;
  private final CompletableFuture<PipelineResult> result = new CompletableFuture<>();
  private final long startedAt;
  private volatile boolean refusing;
  private volatile boolean keepWritten;
  private volatile @Nullable PipelineSnapshot last;

  private Run(Plan plan, Ticker ticker) {
    this.plan = plan;
    this.ticker = ticker;
    PipelineConfig config = plan.config();
    String thread = "forebay-" + config.name();
    lifecycle = new Lifecycle(ticker);
    recovery = recover();
    area = Stages.area(plan);
    startedAt = ticker.nanos();
    Forebay forebay =
        new Forebay(ticker, slots(), config.memory().slotBytes(), config.delivery().window());
    intake = new Intake(forebay, ticker, dispatcherBell, sinkBell, config.sources().size());
    sinkRunner = new SinkRunner(wiring(), recovery.start(), sinkBell, ticker);
    dispatcher =
        new Dispatcher(
            intake,
            lanes,
            new Resequencer(config.delivery().ordered(), sinkRunner),
            dispatcherBell,
            config.delivery().linger().toNanos());
    sourcesRunning = new AtomicInteger(config.sources().size());
    for (int i = 0; i < config.sources().size(); i++) {
      sources.add(new SourceRunner(i, plan, intake, recovery.start(), this::sourceEnded));
    }
    dispatching =
        AgentRunner.repeat(
            new Hand.Driver(dispatcher, dispatcherBell, ticker, dispatcherBusy),
            e -> failed("the dispatcher", e));
    delivering =
        AgentRunner.repeat(
            new Hand.Driver(sinkRunner, sinkBell, ticker, new LongAdder()),
            e -> failed("the sink runner", e));
    dispatcherThread =
        Thread.ofPlatform().daemon().name(thread + "-dispatcher").unstarted(dispatching);
    sinkThread =
        Thread.ofPlatform()
            .daemon()
            .name(thread + "-sinks")
            .unstarted(AgentRunner.once(this::deliver, e -> failed("the sink runner", e)));
    sinkThreads = new SinkThreads(sinkRunner.lanes(), thread, ticker, lifecycle);
  }

  // ------------------------------------------------------------------ starting

  /**
   * Builds and starts everything.
   *
   * @throws ConfigurationException with nothing left running
   */
  static Run start(Plan plan, Ticker ticker) {
    Run run;
    try {
      run = new Run(plan, ticker);
    } catch (RuntimeException e) {
      closeAll(sourcesOf(plan));
      closeAll(namedOutputs(plan).stream().map(Recovery.Named::output).toList());
      throw e;
    }
    try {
      run.sources.forEach(SourceRunner::prepare);
      run.startStages();
      run.openOutputs();
    } catch (RuntimeException | Error e) {
      run.lanes.forEach(lane -> lane.pool.close(Duration.ZERO));
      run.closeOutputs(); // Also those that were not opened: they may hold what they have read.
      closeAll(sourcesOf(plan));
      run.area.close();
      throw e;
    }
    run.dispatcherThread.start();
    run.sinkThread.start();
    run.sinkThreads.start();
    Thread.ofPlatform().name("forebay-" + plan.config().name()).start(run.coordinator());
    run.sources.forEach(SourceRunner::start);
    return run;
  }

  private static List<Source> sourcesOf(Plan plan) {
    return plan.config().sources().stream().map(PipelineConfig.NamedSource::source).toList();
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

  private List<Recovery.Named> namedOutputs() {
    return namedOutputs(plan);
  }

  private static List<Recovery.Named> namedOutputs(Plan plan) {
    List<Recovery.Named> named = new ArrayList<>();
    plan.config().sinks().forEach(s -> named.add(new Recovery.Named(s.name(), s.sink())));
    DeadLetters dead = plan.config().deadLetters();
    if (dead != null) {
      named.add(new Recovery.Named("deadLetter", dead));
    }
    return named;
  }

  private Recovery recover() {
    return Recovery.of(
        plan.identity(),
        namedOutputs(),
        plan.config().fresh(),
        plan.config().continues().isPresent(),
        name ->
            plan.config().sources().stream()
                .anyMatch(s -> s.name().equals(name) && s.source().repeatable()));
  }

  private List<Slot> slots() {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < area.slots(); i++) {
      slots.add(area.slot(i, plan.slots()));
    }
    return slots;
  }

  private SinkRunner.Wiring wiring() {
    List<Recovery.Named> named = namedOutputs();
    for (int i = 0; i < named.size(); i++) {
      Output output = named.get(i).output();
      OutputLane lane =
          new OutputLane(named.get(i).name(), output, ticker, recovery.ahead().get(i));
      if (output instanceof Sink sink && sink.retryable()) {
        // Seeded from the time that is handed in, so that a simulation repeats its waits.
        lane.mayBeAway(context(i), recovery.start(), new SplittableRandom(ticker.nanos() + i));
      }
      lane.keeps(recovery.keeps().get(i));
      if (output instanceof Sink) {
        lane.passesOver(plan.sourcesNotFor(named.get(i).name()));
      }
      outputs.add(lane);
    }
    int sinks = plan.config().sinks().size();
    return new SinkRunner.Wiring(
        plan.identity(),
        plan.stages().size(),
        plan.multiplies(),
        intake,
        outputs.subList(0, sinks),
        outputs.size() > sinks ? Optional.of(outputs.get(sinks)) : Optional.empty(),
        !recovery.adds(),
        this::withDropped,
        batch -> dispatcher.partWritten(batch),
        this::acknowledged);
  }

  private Frontier withDropped(Frontier frontier) {
    Map<String, Position> positions = new HashMap<>();
    if (!recovery.adds()) {
      for (SourceRunner source : sources) {
        long before = Totals.dropped(recovery.start(), source.name());
        Totals.dropped(positions, source.name(), before + source.dropped());
      }
    }
    if (positions.isEmpty()) {
      return frontier;
    }
    positions.putAll(frontier.positions());
    return new Frontier(positions);
  }

  private void acknowledged(AckTracker.Acknowledged acknowledged) {
    Partition partition = acknowledged.partition();
    sources.get(partition.source).source().acknowledged(partition.name(), acknowledged.position());
  }

  private void startStages() {
    List<WorkerPool> pools = Stages.start(plan, area, lifecycle::isOver);
    long maxLatency = plan.config().delivery().maxLatency().toNanos();
    for (int i = 0; i < pools.size(); i++) {
      lanes.add(new StageLane(i, plan.stages().get(i).stage(), pools.get(i), maxLatency));
    }
  }

  private SinkContext context(int output) {
    // What another pipeline has written is added to where there is some.
    boolean resume =
        recovery.resume() && (!recovery.adds() || recovery.keeps().get(output).isPresent());
    return new SinkContext(
        plan.identity(), plan.slots().view(plan.stages().size()), intake.names(), resume);
  }

  private void openOutputs() {
    List<Recovery.Named> named = namedOutputs();
    int opened = 0;
    try {
      for (; opened < named.size(); opened++) {
        named.get(opened).output().open(context(opened));
      }
    } catch (IOException | RuntimeException e) {
      throw new ConfigurationException(
          "the output '"
              + named.get(opened).name()
              + "' cannot be opened ("
              + (e.getMessage() == null ? e.toString() : e.getMessage())
              + "): nothing was read, "
              + Remedy.of(e)
              + " and run again",
          e);
    }
  }

  private void closeOutputs() {
    for (OutputLane output : outputs) {
      try {
        output.close();
      } catch (IOException | RuntimeException e) {
        // What counts is what was committed; a commit that failed has been reported.
      } catch (Throwable e) {
        failed("the closing of the output '" + output.name() + "'", e);
      }
    }
  }

  // ------------------------------------------------------------------ threads

  private void sourceEnded(SourceRunner.End end) {
    if (end instanceof SourceRunner.End.Broken(String source, Exception cause)) {
      lifecycle.failSource(
          "the source '"
              + source
              + "' failed ("
              + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
              + "): what it had read is delivered; "
              + Remedy.of(cause)
              + " and run again",
          cause);
      sourcesRunning.decrementAndGet();
    } else if (sourcesRunning.decrementAndGet() == 0) {
      intake.end(!refusing && lifecycle.failure() == null);
    }
  }

  private void failed(String what, Throwable cause) {
    if (cause instanceof PipelineFailedException) {
      lifecycle.fail(String.valueOf(cause.getMessage()), cause.getCause());
    } else {
      lifecycle.fail(
          what + " failed (" + cause + "): nothing was acknowledged that is not committed", cause);
    }
  }

  private void deliver() {
    delivering.run();
    boolean all = sinkRunner.isDelivered();
    boolean patiently = !delivering.isEnding();
    if (keepWritten) {
      try {
        sinkRunner.commitWritten();
      } catch (PipelineFailedException | RuntimeException | Error e) {
        // The pipeline has failed anyway; the next run delivers it again.
      } catch (InterruptedException e) {
        patiently = false;
      }
    }
    sinkThreads.end(patiently);
    closeOutputs();
    if (all) {
      lifecycle.delivered();
    }
  }

  // ------------------------------------------------------------------ ending

  /** Whatever happens, who waits for the result gets one. */
  private AgentRunner coordinator() {
    return AgentRunner.once(
        this::coordinate,
        e -> {
          lifecycle.stop();
          dispatching.end();
          sinkRunner.halt();
          delivering.end();
          result.completeExceptionally(e);
        });
  }

  private void coordinate() {
    Lifecycle.Event event;
    try {
      event = lifecycle.await();
      if (event == Lifecycle.Event.DRAIN) {
        refuse(LAST_WORDS);
        event = lifecycle.await();
      }
    } catch (InterruptedException e) {
      lifecycle.stop();
      event = Lifecycle.Event.GIVEN_UP;
    }
    refuse(Duration.ZERO);
    // What fails from here on fails because it is interrupted.
    Lifecycle.Failure failure = lifecycle.failure();
    if (event != Lifecycle.Event.DELIVERED) {
      abort(event == Lifecycle.Event.FAILED);
    }
    PipelineSnapshot snapshot = snapshot();
    last = snapshot;
    boolean clean = event == Lifecycle.Event.DELIVERED;
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

  /**
   * Ends the sources and takes no more records.
   *
   * @param lastWords how long sources that cannot repeat may hand in what they have received
   */
  private void refuse(Duration lastWords) {
    refusing = true;
    // In this order: a source that breaks off now was asked to, and has not come to its end.
    sources.forEach(SourceRunner::ask);
    if (lastWords.isPositive()) {
      List<SourceRunner> once =
          sources.stream().filter(each -> Guarantee.forgets(each.source())).toList();
      once.forEach(SourceRunner::interrupt);
      awaitLastWords(lastWords, once.stream().map(SourceRunner::thread).toList());
    }
    intake.end(false);
    sources.forEach(SourceRunner::interrupt);
  }

  private void awaitLastWords(Duration patience, List<Thread> threads) {
    long before = progress();
    while (!WorkerThreads.join(patience, threads)
        && !lifecycle.isOver()
        && !Thread.currentThread().isInterrupted()) {
      long now = progress();
      if (now == before) {
        return;
      }
      before = now;
    }
  }

  /** A number that grows while records are handed in or written. */
  private long progress() {
    return snapshot().records().read() + sinkRunner.account().written();
  }

  /** Ends both hands before everything is delivered. */
  private void abort(boolean keep) {
    keepWritten = keep;
    dispatching.end();
    sinkRunner.halt(); // Also where a sink takes the interrupt for a lost connection.
    if (!keep || !WorkerThreads.join(PATIENCE, List.of(sinkThread))) {
      delivering.end();
    }
    // What it commits until it ends counts.
    WorkerThreads.join(PATIENCE, List.of(sinkThread));
  }

  private void release(boolean clean) {
    boolean ended = true;
    for (StageLane lane : lanes) {
      ended &= lane.pool.close(clean ? PATIENCE : Duration.ZERO);
    }
    ended &= WorkerThreads.join(PATIENCE, List.of(dispatcherThread, sinkThread));
    WorkerThreads.join(PATIENCE, sources.stream().map(SourceRunner::thread).toList());
    closeSources();
    if (ended) {
      area.close(); // Otherwise a function that does not return still uses it.
    }
  }

  private void closeSources() {
    for (SourceRunner source : sources) {
      try {
        source.close();
      } catch (Throwable e) {
        // What the source gave is delivered or not; closing it changes nothing about that.
      }
    }
  }

  // ------------------------------------------------------------------ from outside

  List<String> notices() {
    return recovery.notices();
  }

  void drain(Duration deadline) {
    lifecycle.drain(deadline);
  }

  void stop() {
    lifecycle.stop();
  }

  CompletableFuture<PipelineResult> result() {
    return result;
  }

  PipelineSnapshot snapshot() {
    PipelineSnapshot ended = last;
    if (ended != null) {
      return ended;
    }
    long now = ticker.nanos();
    long elapsed = Math.max(0, now - startedAt);
    Tally.Counts counts =
        sinkRunner.account().counts(); // Before what was read: in flight is never negative.
    Intake.Snapshot read = intake.snapshot(now, startedAt);
    long dropped = 0;
    List<SourceSnapshot> sourceSnapshots = new ArrayList<>();
    for (int i = 0; i < read.sources().size(); i++) {
      SourceMeter.Reading reading = read.sources().get(i);
      SourceRunner.Standing standing = sources.get(i).standing();
      long droppedHere = sources.get(i).dropped();
      dropped += droppedHere;
      sourceSnapshots.add(
          new SourceSnapshot(
              plan.config().sources().get(i).name(),
              reading.records() + droppedHere,
              reading.blockedShare(),
              reading.finished(),
              standing.state(),
              standing.detail()));
    }
    return new PipelineSnapshot(
        plan.config().name(),
        Duration.ofNanos(elapsed),
        counts.with(read.read(), dropped),
        recovery.adds() ? recovery.earlier() : sinkRunner.account().earlier(recovery.earlier()),
        area.slots(),
        read.freeSlots(),
        Math.min(1, (double) dispatcherBusy.sum() / Math.max(1, elapsed)),
        sourceSnapshots,
        lanes.stream().map(lane -> lane.snapshot(elapsed)).toList(),
        outputs.stream().map(lane -> lane.snapshot(elapsed)).toList());
  }
}
