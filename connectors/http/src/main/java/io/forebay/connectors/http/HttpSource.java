package io.forebay.connectors.http;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.connectors.net.EventLoops;
import io.forebay.connectors.net.PartitionRecords;
import io.forebay.connectors.net.Reports;
import io.forebay.internal.concurrent.AgentRunner;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Takes records over HTTP: JSON and CSV at a path of its own, InfluxDB line protocol where InfluxDB
 * 1 and 2 take it. Each request is answered when its records are committed; a client that repeats
 * requests without an answer, or with 503, loses nothing.
 *
 * <p>It is not repeatable by itself: what was sent and not answered when Forebay dies, the client
 * has to send again.
 */
public final class HttpSource implements Source {
  /** The same on every machine, because the names of partitions are kept with the data. */
  private static final int PARTITIONS = 2;

  private static final Duration MOST_DRAINING = Duration.ofMinutes(2);
  private static final long FLUSH_MILLIS = 2_000;

  private final HttpSettings settings;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<Future<Void>> ends = new ArrayList<>();
  private volatile Map<String, RequestPartition> partitions = Map.of();
  private volatile @Nullable EventLoops loops;
  private volatile int actualPort;
  private volatile @Nullable Connections connections;

  /**
   * A source that listens when it runs.
   *
   * @throws io.forebay.errors.ConfigurationException if others would reach the address without
   *     protection
   */
  public HttpSource(HttpSettings settings) {
    settings.access().check("the HTTP source", settings.address());
    new BodyDecoder(settings, Set.of()).checkFields();
    this.settings = settings;
  }

  @Override
  public Schema schema() {
    return settings.fields();
  }

  @Override
  public boolean repeatable() {
    return false;
  }

  /** Whether what was not answered comes again: the clients send it again. */
  @Override
  public boolean redelivers() {
    return true;
  }

  @Override
  public boolean carriesExtras() {
    return true;
  }

  /** The port it listens on, as soon as it does with all of its loops. */
  public CompletableFuture<Integer> port() {
    return port;
  }

  /** How many clients are connected. */
  public int connections() {
    Connections open = connections;
    return open == null ? 0 : open.count();
  }

  @Override
  public void run(SourceContext context) throws IOException, InterruptedException {
    Map<String, RequestPartition> made = new LinkedHashMap<>();
    for (int i = 0; i < PARTITIONS; i++) {
      String partition = String.valueOf(i);
      made.put(
          partition,
          new RequestPartition(
              new PartitionRecords(context.partition(partition), context.resumeFrom(partition)),
              new BodyDecoder(settings, context.replacedColumns())));
    }
    partitions = made;
    made.forEach((number, partition) ->
        threads.add(
            Thread.ofVirtual()
                .name("forebay-" + context.name() + "-partition-" + number)
                .start(AgentRunner.once(partition::run, failure::completeExceptionally))));
    EventLoops started =
        EventLoops.start(settings.address(), settings.eventLoops(), EventLoops.TIMER_MILLIS);
    loops = started;
    started.executors().forEach(context::receivesOn);
    Connections open = new Connections(started.vertx(), settings.limits());
    connections = open;
    Receiver receiver = new Receiver(started.vertx(), settings, open, List.copyOf(made.values()));
    try {
      started.listenOnEach("HTTP " + settings.address(), () -> listen(started, open, receiver));
      port.complete(actualPort);
      Reports.until(
          failure,
          "requests could not be handed in",
          () ->
              context.state(
                  SourceState.CONNECTED,
                  "listens on HTTP "
                      + settings.address().withPort(actualPort)
                      + ", "
                      + open.count()
                      + " connections, "
                      + started.recentDelay().text()));
    } catch (IOException e) {
      port.completeExceptionally(e);
      throw e;
    } finally {
      // What was taken is still answered, when the engine acknowledges it or closes the source.
      receiver.stop();
      servers.forEach(server -> ends.add(server.shutdown(MOST_DRAINING)));
    }
  }

  private Future<?> listen(EventLoops started, Connections open, Receiver receiver) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxInitialLineLength(8 << 10)
            .setMaxHeaderSize(16 << 10)
            .setMaxChunkSize(64 << 10)
            .setHttp2ClearTextEnabled(false)
            // Nothing here is a WebSocket, and what looks for them closes a connection that sends
            // more
            // than 128 requests before it reads an answer.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setSslHandshakeTimeout(settings.limits().headerDeadline().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    options
        .setHost(settings.address().resolve().getHostAddress())
        .setPort(settings.address().port());
    settings.access().tls().ifPresent(tls -> tls.applyTo(options));
    HttpServer server = started.vertx().createHttpServer(options);
    servers.add(server);
    server.connectionHandler(open::opened);
    server.requestHandler(receiver::handle);
    server.exceptionHandler(broken -> {});
    return server.listen().onSuccess(listening -> actualPort = listening.actualPort());
  }

  @Override
  public void acknowledged(String name, Position position) {
    RequestPartition partition = partitions.get(name);
    if (partition != null) {
      partition.acknowledged(position.sequence());
    }
  }

  /** Answers what is left with 503 and closes all connections. */
  @Override
  public void close() {
    port.completeExceptionally(new IOException("the source is closed"));
    partitions.values().forEach(RequestPartition::close);
    threads.forEach(Thread::interrupt);
    EventLoops started = loops;
    if (started != null) {
      loops = null;
      flush();
      started.close();
    }
  }

  /** Gives the last answers the time to be sent. */
  private void flush() {
    try {
      Future.join(ends)
          .toCompletionStage()
          .toCompletableFuture()
          .get(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // A client that does not read its answer learns nothing; it will send again.
    }
  }
}
