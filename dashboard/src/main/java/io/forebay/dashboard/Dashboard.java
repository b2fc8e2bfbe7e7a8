package io.forebay.dashboard;

import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.EventLoops;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.dashboard.Board.View;
import io.forebay.errors.ConfigurationException;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.tap.Taps;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Shows a running pipeline over HTTP: {@code /metrics}, {@code /health}, {@code /status}, {@code
 * /events}, {@code /tap} and the live page. It only looks: a snapshot a second, whoever asks.
 *
 * <p>It listens from the moment it is made, so that a port which is taken is known before a record
 * is read. Any thread may call it; everything else happens on its one event loop.
 */
public final class Dashboard implements AutoCloseable {
  private static final Pace USUAL = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(15));
  private static final long LOOP_DELAY_MILLIS = 1_000; // nobody asks for it
  private static final long PATIENCE_SECONDS = 2;

  private final ListenAddress asked;
  private final Pace pace;
  private final Access access;
  private final EventLoops loops;
  private final Board board;
  private final EventStreams streams = new EventStreams();
  private final TapStreams taps;
  private final Visitors visitors;
  private final CompletableFuture<HttpServer> server = new CompletableFuture<>();

  /** When the run has ended; from then on nothing new is looked at. */
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

  /** When whoever looks on has been told. */
  private final CompletableFuture<Boolean> told = new CompletableFuture<>();

  /**
   * How often there is something new, and how long a connection may be silent.
   *
   * @param tick between two snapshots
   * @param idle in which nothing was read or written
   */
  record Pace(Duration tick, Duration idle) {}

  private Dashboard(
      ListenAddress asked,
      Access access,
      UnaryOperator<String> texts,
      Pace pace,
      EventLoops loops) {
    this.asked = asked;
    this.pace = pace;
    this.access = access;
    this.loops = loops;
    this.board = new Board(texts);
    this.visitors = new Visitors(loops.vertx());
    this.taps = new TapStreams(loops.vertx(), texts);
  }

  /**
   * Listens, and says that the pipeline is starting until {@link #show}.
   *
   * @param address port 0: any free one
   * @param texts applied to each text that is shown: hides secrets
   * @throws ConfigurationException in one sentence, if the address is taken, is none of this
   *     machine, or would be open to others without protection
   */
  public static Dashboard listen(ListenAddress address, Access access, UnaryOperator<String> texts)
      throws InterruptedException {
    return listen(address, access, texts, USUAL);
  }

  /** The same, at another pace. */
  static Dashboard listen(
      ListenAddress address, Access access, UnaryOperator<String> texts, Pace pace)
      throws InterruptedException {
    access.check("the dashboard", address);
    address.resolve();
    EventLoops loops = EventLoops.start(address, 1, LOOP_DELAY_MILLIS);
    Dashboard dashboard = new Dashboard(address, access, texts, pace, loops);
    try {
      loops.listenOnEach(address.toString(), dashboard::serve);
      return dashboard;
    } catch (IOException e) {
      loops.close();
      throw new ConfigurationException(
          "the dashboard "
              + e.getMessage()
              + ", so nothing was started: name another port with --dashboard, or 0 for any that"
              + " is free",
          e);
    } catch (RuntimeException | InterruptedException e) {
      loops.close();
      throw e;
    }
  }

  private Future<?> serve() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(asked.resolve().getHostAddress())
            .setPort(asked.port())
            .setMaxInitialLineLength(4 << 10)
            .setMaxHeaderSize(16 << 10)
            .setIdleTimeout((int) pace.idle().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setHttp2ClearTextEnabled(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    access.tls().ifPresent(tls -> tls.applyTo(options));
    RequestHandler gate =
        new RequestHandler(
            asked, access, board, new RequestHandler.Lookers(visitors, streams, taps));
    HttpServer made = loops.vertx().createHttpServer(options);
    made.connectionHandler(visitors::arrived);
    made.requestHandler(gate::handle);
    made.exceptionHandler(broken -> {});
    return made.listen().onSuccess(server::complete);
  }

  /** How many connections there are. */
  int connections() {
    return visitors.count();
  }

  /** Where the page is. */
  public String url() {
    return (access.tls().isPresent() ? "https://" : "http://")
        + asked.withPort(server.join().actualPort())
        + "/";
  }

  /**
   * From now on this pipeline is shown.
   *
   * @param live says what limits it, here and in the run's summary; it is given what is shown
   * @param trouble is told if it cannot be shown any more
   */
  public void show(
      Supplier<PipelineSnapshot> pipeline, LiveDiagnosis live, Consumer<String> trouble) {
    Vertx vertx = loops.vertx();
    vertx.runOnContext(ignored -> {
      board.judgedBy(live);
      long timer = vertx.setPeriodic(0, pace.tick().toMillis(), at -> look(pipeline, at, trouble));
      var _ = ended.thenRun(() -> vertx.cancelTimer(timer));
    });
  }

  /** From now on its records can be looked at: {@code /tap}. */
  public void tap(Taps pipeline) {
    loops.vertx().runOnContext(ignored -> taps.of(pipeline));
  }

  private void look(Supplier<PipelineSnapshot> pipeline, long timer, Consumer<String> trouble) {
    try {
      board.put(pipeline.get());
      if (streams.count() > 0) {
        board.show(View.EVENT).ifPresent(streams::send);
      }
    } catch (RuntimeException e) {
      loops.vertx().cancelTimer(timer);
      trouble.accept("The dashboard shows nothing new any more (" + e + ").");
    }
  }

  /** Shows how the run ended, to whoever looks; gives up on those who do not read. */
  public void end(Summary summary) {
    loops
        .vertx()
        .runOnContext(ignored -> {
          ended.complete(true);
          board.end(summary);
          taps.end(
              "The pipeline '" + summary.run().name() + "' has ended: " + summary.outcome() + ".");
          board.show(View.EVENT).ifPresent(streams::end);
          told.complete(true);
        });
    await(told);
  }

  /** Ends what is being said, and closes all connections. */
  @Override
  public void close() {
    await(
        server
            .join()
            .shutdown(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .toCompletionStage()
            .toCompletableFuture());
    loops.close();
  }

  private static void await(CompletableFuture<?> done) {
    try {
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Who looks on does not keep the run from ending.
    }
  }
}
