package io.forebay.engine.internal.heartbeat;

import io.forebay.engine.internal.loops.Ticker;
import io.forebay.engine.internal.measure.Meters;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.snapshot.Punctuality;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeat of what receives: the dispatcher, the virtual threads on which sources run, and the
 * event loops of sources. One daemon thread sends a {@link Beat} to each every 10 ms, and has
 * {@link StallReport} tell who holds up one that does not come back. Sources are looked at as well:
 * one that computes and hands in nothing holds up its own records.
 */
public final class Heartbeats {
  /** The virtual threads. */
  static final String VIRTUAL = "virtual";

  public static final String DISPATCHER = "dispatcher";

  private final Ticker ticker;
  private final StallReport report;
  private final List<Beat> beats = new CopyOnWriteArrayList<>();

  /** Of those as well that beat no more. */
  private final CopyOnWriteArrayList<Beat.Delays> all = new CopyOnWriteArrayList<>();

  private final List<SourceWatch> sources = new CopyOnWriteArrayList<>();
  private final AgentRunner beating = AgentRunner.repeat(this::beat, Heartbeats::failed);
  private final Thread thread;
  private long due;

  /** When this thread itself was late last. */
  private long lateAt;

  public Heartbeats(String name, Ticker ticker) {
    this.ticker = ticker;
    this.report = new StallReport(ticker);
    this.thread = Thread.ofPlatform().daemon().name(name + "-heartbeat").unstarted(beating);
    add(VIRTUAL, task -> Thread.ofVirtual().name("forebay-beat").start(task), null);
  }

  /**
   * Measures a thread from now on; several of one name are measured together.
   *
   * @param executor runs what it is given on the thread
   * @param of the thread, null if whichever runs it
   */
  public synchronized void add(String name, Executor executor, @Nullable Thread of) {
    Beat.Delays delays =
        all.stream()
            .filter(each -> each.name.equals(name))
            .findFirst()
            .orElseGet(() -> new Beat.Delays(name));
    all.addIfAbsent(delays);
    beats.add(new Beat(delays, executor, of, ticker));
  }

  /** Looks at a source from now on. */
  public void watch(SourceWatch source) {
    sources.add(source);
  }

  public void start() {
    if (Meters.ON) {
      lateAt = ticker.nanos();
      due = lateAt + Beat.EVERY_NANOS;
      thread.start();
    }
  }

  public void end() {
    beating.end();
  }

  private boolean beat() {
    long now = ticker.nanos();
    if (now < due) {
      LockSupport.parkNanos(due - now);
      return true;
    }
    if (now - due > Beat.STALL_NANOS / 2) {
      lateAt = now; // The machine is busy elsewhere: whoever is late now is not to blame.
    }
    boolean calm = now - lateAt >= Beat.STALL_NANOS;
    List<Beat> ended = new ArrayList<>();
    for (Beat beat : beats) {
      try {
        beat.send(due);
        long stall = calm ? beat.newStall(now) : 0;
        if (stall > 0) {
          report.stalled(beat, stall);
        }
      } catch (RejectedExecutionException e) {
        ended.add(beat); // Its source has.
      }
    }
    beats.removeAll(ended);
    sources.removeIf(source -> source.look(now, calm, report));
    due += Beat.EVERY_NANOS * Math.max(1, (now - due) / Beat.EVERY_NANOS);
    return true;
  }

  public List<Punctuality> read() {
    return all.stream().map(Beat.Delays::read).toList();
  }

  private static void failed(Throwable e) {
    System.getLogger(Heartbeats.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "how late threads run that receive is not measured any more; the pipeline goes on",
            e);
  }
}
