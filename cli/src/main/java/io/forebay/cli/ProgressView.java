package io.forebay.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.cli.log.LogLevel;
import io.forebay.engine.Pipeline;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.snapshot.PipelineSnapshot;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows on the standard error how a pipeline gets on: on a terminal a block of lines that is
 * replaced five times a second and erased at the end; elsewhere a plain line every few seconds, and
 * in any case a line when a source or sink goes away or comes back.
 *
 * <p>A daemon thread draws; {@link #say} may be called from any thread. What is on the screen is
 * guarded by {@code this}.
 */
final class ProgressView implements AutoCloseable {
  private static final long REDRAW_MILLIS = 200;
  private static final long LOOK_MILLIS = 500;
  private static final int LOOKS_A_LINE = 10;

  /** Rates are over two seconds: records count when they are committed, which is in groups. */
  private static final int REDRAWS_A_RATE = 10;

  private final Pipeline pipeline;
  private final Terminal terminal;
  private final LiveDiagnosis live;
  private final boolean shown;
  private final boolean block;
  private final Outages outages = new Outages();
  private final CountDownLatch closed = new CountDownLatch(1);

  @GuardedBy("this")
  private final ArrayDeque<PipelineSnapshot> drawn = new ArrayDeque<>();

  @GuardedBy("this")
  private @Nullable PipelineSnapshot before;

  private ProgressView(Pipeline pipeline, Terminal terminal, LiveDiagnosis live, boolean shown) {
    this.pipeline = pipeline;
    this.terminal = terminal;
    this.live = live;
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
    long interval = block ? REDRAW_MILLIS : LOOK_MILLIS;
    try {
      for (int look = 1; !closed.await(interval, TimeUnit.MILLISECONDS); look++) {
        PipelineSnapshot now = pipeline.snapshot();
        live.observe(now);
        synchronized (this) {
          if (closed.getCount() == 0) {
            return;
          }
          if (block) {
            terminal.block(ProgressLines.block(now, drawn.peekFirst()));
            drawn.addLast(now);
            if (drawn.size() > REDRAWS_A_RATE) {
              drawn.removeFirst();
            }
          } else {
            outages.look(now, terminal::say);
            if (shown && look % LOOKS_A_LINE == 0) {
              terminal.say(LogLevel.INFO, ProgressLines.line(now, before));
              before = now;
            }
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
