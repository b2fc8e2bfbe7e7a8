package io.forebay.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.cli.client.TopView;
import io.forebay.cli.log.LogLevel;
import io.forebay.cli.screen.TerminalSize;
import io.forebay.engine.Pipeline;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Status;
import io.forebay.snapshot.PipelineSnapshot;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows on the standard error how a pipeline gets on: on a terminal what {@code forebay top} shows,
 * anew each second and erased at the end; elsewhere a plain line every few seconds, and in any case
 * a line when a source or sink goes away or comes back.
 *
 * <p>A daemon thread draws; {@link #say} may be called from any thread. What is on the screen is
 * guarded by {@code this}.
 */
final class ProgressView implements AutoCloseable {
  /** What was printed has taken the place of the block for no longer. */
  private static final long TICK_MILLIS = 50;

  private static final int TICKS_A_LOOK = 20;
  private static final int FIRST_LOOK = 4;

  private static final long LOOK_MILLIS = 500;
  private static final int LOOKS_A_LINE = 10;

  private final Pipeline pipeline;
  private final Terminal terminal;
  private final LiveDiagnosis live;
  private final boolean shown;
  private final boolean block;
  private final Outages outages = new Outages();
  private final CountDownLatch closed = new CountDownLatch(1);

  @GuardedBy("this")
  private final Status status;

  @GuardedBy("this")
  private final TopView view = new TopView();

  /** What is to be seen at the bottom. */
  @GuardedBy("this")
  private List<String> lines = List.of();

  @GuardedBy("this")
  private @Nullable PipelineSnapshot before;

  private ProgressView(Pipeline pipeline, Terminal terminal, LiveDiagnosis live, boolean shown) {
    this.pipeline = pipeline;
    this.terminal = terminal;
    this.live = live;
    this.status = new Status(live);
    this.shown = shown;
    this.block = shown && terminal.showsBlocks();
  }

  /** Begins to show the pipeline; where {@code shown} is false only who is away. */
  static ProgressView start(
      Pipeline pipeline, Terminal terminal, LiveDiagnosis live, boolean shown) {
    ProgressView view = new ProgressView(pipeline, terminal, live, shown);
    Thread.ofPlatform()
        .daemon()
        .name("forebay-progress")
        .start(
            AgentRunner.once(
                view::draw, e -> view.say("The progress is not shown any more (" + e + ").")));
    return view;
  }

  private void draw() {
    long interval = block ? TICK_MILLIS : LOOK_MILLIS;
    try {
      for (int look = 1; !closed.await(interval, TimeUnit.MILLISECONDS); look++) {
        if (block) {
          drawBlock(look % TICKS_A_LOOK == FIRST_LOOK);
        } else {
          sayLine(look % LOOKS_A_LINE == 0);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void drawBlock(boolean anew) {
    if (closed.getCount() == 0) {
      return;
    }
    if (anew) {
      status.put(pipeline.snapshot());
      TerminalSize size = TerminalSize.ofStandardError();
      lines = view.lines(status.values(), size.columns(), size.rows() - 1);
    }
    if (anew || (terminal.isBare() && !lines.isEmpty())) {
      terminal.block(lines);
    }
  }

  private synchronized void sayLine(boolean due) {
    if (closed.getCount() == 0) {
      return;
    }
    PipelineSnapshot now = pipeline.snapshot();
    live.observe(now);
    outages.look(now, terminal::say);
    if (shown && due) {
      terminal.say(LogLevel.INFO, ProgressLines.line(now, before));
      before = now;
    }
  }

  /** Prints a line that stays, above the block. */
  void say(String sentence) {
    terminal.say(LogLevel.WARN, sentence);
  }

  @Override
  public void close() {
    PipelineSnapshot last = pipeline.snapshot();
    synchronized (this) {
      closed.countDown();
      if (block) {
        terminal.block(List.of());
      } else {
        outages.look(last, terminal::say);
      }
    }
  }
}
