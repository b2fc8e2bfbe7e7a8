package io.forebay.connectors.net;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Listens for connections that send lines. Thousands of connections are held by a few threads; each
 * keeps the order of its lines. A line that is no record goes to dead letter with the reason.
 *
 * <p>It is not repeatable: a client never learns what became of its lines, so what was sent and not
 * delivered when Forebay dies is lost, unless the source is spooled.
 */
public final class TcpSource implements Source {
  private static final int CHUNK_BYTES = 16 << 10;
  private static final long TOKEN_DEADLINE_MILLIS = 5_000;

  private final NetSettings settings;
  private final boolean extras;
  private final TcpMemory memory = new TcpMemory();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicInteger nextPartition = new AtomicInteger();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final Set<EventLoop> loopsInUse = ConcurrentHashMap.newKeySet();
  private volatile @Nullable EventLoops loops;
  private volatile int actualPort;

  /**
   * A source that listens when it runs.
   *
   * @throws io.forebay.errors.ConfigurationException if others would reach the address without
   *     protection
   */
  public TcpSource(NetSettings settings) {
    settings.access().check("the TCP source", settings.address());
    this.settings = settings;
    this.extras = settings.carriesExtras();
  }

  @Override
  public Schema schema() {
    return settings.fields();
  }

  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public boolean carriesExtras() {
    return extras;
  }

  /** The port it listens on, as soon as it does with all of its loops. */
  public CompletableFuture<Integer> port() {
    return port;
  }

  /** How many clients are connected. */
  public int connections() {
    return connections.get();
  }

  /** How many event loops have accepted a connection. */
  int loopsInUse() {
    return loopsInUse.size();
  }

  /** How punctual its event loops were since the last call; empty figures before it runs. */
  public EventLoops.Delay delay() {
    EventLoops running = loops;
    return running == null ? new EventLoops.Delay(0, 0, 0, 0) : running.delay();
  }

  @Override
  public void run(SourceContext context) throws IOException, InterruptedException {
    LinePartitions partitions = LinePartitions.start(context, settings);
    try (EventLoops started =
        EventLoops.start(settings.address(), settings.eventLoops(), settings.timerMillis())) {
      loops = started;
      started.executors().forEach(context::receivesOn);
      started.listenOnEach("TCP " + settings.address(), () -> listen(started, partitions.all()));
      port.complete(actualPort);
      partitions.awaitFailure(() -> report(context, started));
    } catch (IOException e) {
      port.completeExceptionally(e);
      throw e;
    } finally {
      partitions.finish();
    }
  }

  private void report(SourceContext context, EventLoops started) {
    String closed = refused.get() == 0 ? "" : ", " + refused.get() + " closed: too many";
    context.state(
        SourceState.CONNECTED,
        "listens on TCP "
            + settings.address().withPort(actualPort)
            + ", "
            + connections.get()
            + " connections"
            + closed
            + ", "
            + started.recentDelay().text());
  }

  private Future<?> listen(EventLoops started, List<LinePartition> partitions) {
    NetServerOptions options =
        new NetServerOptions()
            .setHost(settings.address().resolve().getHostAddress())
            .setPort(settings.address().port())
            .setTcpKeepAlive(true)
            .setAcceptBacklog(4096);
    settings.access().tls().ifPresent(tls -> tls.applyTo(options));
    NetServer server = started.vertx().createNetServer(options);
    server.connectHandler(socket -> connected(started, partitions, socket));
    return server.listen().onSuccess(listening -> actualPort = listening.actualPort());
  }

  private void connected(EventLoops started, List<LinePartition> partitions, NetSocket accepted) {
    if (connections.incrementAndGet() > settings.limits().connections()) {
      connections.decrementAndGet();
      refused.incrementAndGet();
      accepted.close();
      return;
    }
    ChannelHandlerContext context = ((NetSocketInternal) accepted).channelHandlerContext();
    context.channel().config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(CHUNK_BYTES));
    loopsInUse.add(context.channel().eventLoop());
    TcpConnection connection =
        new TcpConnection(
            context.channel(),
            partitions.get(Math.floorMod(nextPartition.getAndIncrement(), partitions.size())),
            settings.limits(),
            memory,
            settings.access().token().map(TokenLine::new).orElse(null));
    context.pipeline().addBefore(context.name(), "forebay-lines", connection);
    accepted.exceptionHandler(broken -> {}); // It is closed next, which is what counts.
    accepted.closeHandler(ignored -> {
      connections.decrementAndGet();
      connection.closed();
    });
    if (!connection.isAuthorized()) {
      started
          .vertx()
          .setTimer(
              TOKEN_DEADLINE_MILLIS,
              ignored -> {
                if (!connection.isAuthorized()) {
                  accepted.close();
                }
              });
    }
  }

  @Override
  public void close() {
    port.completeExceptionally(new IOException("the source is closed"));
  }
}
