package io.forebay.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.http.HttpSettings;
import io.forebay.connectors.http.HttpSource;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.connectors.net.NetSettings;
import io.forebay.connectors.net.TcpSource;
import io.forebay.formats.api.MessageFormat;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * N1: readings over TCP and HTTP through Forebay's sources, against a bare loop of the same client
 * library (Vert.x) that cuts lines with its {@code RecordParser} and reads their members with
 * Jackson's streaming parser. Neither has an engine behind it. The sender is a process of its own.
 */
final class NetworkIngest implements Claim {
  private static final Schema READING =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64));
  private static final ListenAddress ANY_PORT = new ListenAddress("127.0.0.1", 0);
  private static final long MOST_SECONDS = 120;

  /** A receiver that runs. */
  private interface Receiver extends AutoCloseable {
    int port() throws Exception;

    long records();

    double sum();

    @Override
    void close();
  }

  private interface Start {
    Receiver start() throws Exception;
  }

  /**
   * How readings are sent.
   *
   * @param atOnce lines in a write or request
   */
  private record Load(boolean http, int connections, long lines, int atOnce) {}

  /** What a receiver reached. */
  private record Reached(double perSecond, double perCpuSecond) {}

  @Override
  public String id() {
    return "N1";
  }

  @Override
  public String title() {
    return "readings over TCP and HTTP against a bare loop of the same library";
  }

  @Override
  public void measure(Session session) throws Exception {
    long lines = session.scaled(2_000_000, 8_000);
    Contest tcp = new Contest("N1: lines over 50 TCP connections", "lines");
    Load many = new Load(false, 50, lines, 40);
    add(tcp, "bare loop", NetworkIngest::bareTcp, many);
    add(tcp, "Forebay", NetworkIngest::tcp, many);
    judge(session, session.run(tcp, 1), "TCP");
    Contest http = new Contest("N1: lines in HTTP requests of 100, 32 connections", "lines");
    Load requests = new Load(true, 32, session.scaled(1_000_000, 6_400), 100);
    add(http, "bare loop", NetworkIngest::bareHttp, requests);
    add(http, "Forebay", NetworkIngest::http, requests);
    judge(session, session.run(http, 1), "HTTP");
    session.note(
        "Both receive in this process; the sender, in another one, competes for the same cores."
            + " Forebay decodes on threads of its own and waits for acknowledgements, which are"
            + " given each millisecond here.");
  }

  private static void judge(Session session, Contest contest, String what) {
    for (String per : new String[] {"/s", "/CPU-s"}) {
      session.atLeast(
          what + ", lines" + per,
          contest.series("Forebay " + per).over(contest.series("bare loop " + per)),
          0.9);
    }
  }

  private static void add(Contest contest, String name, Start start, Load load) {
    Reached[] last = new Reached[1];
    contest.add(
        name + " /s",
        () -> {
          last[0] = receive(start, load);
          return last[0].perSecond();
        });
    contest.add(name + " /CPU-s", () -> last[0].perCpuSecond());
  }

  private static Reached receive(Start start, Load load) throws Exception {
    long lines =
        load.lines() / load.atOnce() / load.connections() * load.connections() * load.atOnce();
    try (Receiver receiver = start.start()) {
      int port = receiver.port();
      Process sender =
          new ProcessBuilder(
                  SocketLoad.command(
                      load.http(), port, load.connections(), load.lines(), load.atOnce()))
              .inheritIO()
              .start();
      long begin = 0;
      long cpu = 0;
      long deadline = System.nanoTime() + MOST_SECONDS * 1_000_000_000L;
      while (receiver.records() < lines) {
        if (begin == 0 && receiver.records() > 0) {
          // Not while the sender starts.
          begin = System.nanoTime();
          cpu = cpuNanos();
        }
        if (System.nanoTime() > deadline) {
          sender.destroyForcibly();
          throw new IllegalStateException(receiver.records() + " of " + lines + " lines came");
        }
        LockSupport.parkNanos(500_000);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      if (sender.waitFor() != 0 || receiver.records() != lines || !(receiver.sum() > 0)) {
        throw new IllegalStateException(receiver.records() + " lines came instead of " + lines);
      }
      return new Reached(lines / seconds, lines / Math.max(1e-3, cpuSeconds));
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  // ------------------------------------------------------------------ Forebay

  private static Receiver tcp() {
    TcpSource source = new TcpSource(NetSettings.of(ANY_PORT, MessageFormat.NDJSON, READING));
    return new Running(source, source.port());
  }

  private static Receiver http() {
    HttpSource source = new HttpSource(HttpSettings.of(ANY_PORT, READING));
    return new Running(source, source.port());
  }

  private static final class Running implements Receiver {
    private final Source source;
    private final CompletableFuture<Integer> port;
    private final CountingContext context = new CountingContext();
    private final Thread thread;
    private final Thread acknowledging;

    Running(Source source, CompletableFuture<Integer> port) {
      this.source = source;
      this.port = port;
      thread = Thread.ofVirtual().start(this::run);
      acknowledging = Thread.ofPlatform().daemon().start(this::acknowledge);
    }

    private void run() {
      try {
        source.run(context);
      } catch (Exception e) {
        // It was asked to stop.
      }
    }

    private void acknowledge() {
      while (!Thread.interrupted()) {
        context.acknowledge(source);
        LockSupport.parkNanos(1_000_000);
      }
    }

    @Override
    public int port() throws Exception {
      return port.get(60, TimeUnit.SECONDS);
    }

    @Override
    public long records() {
      return context.records();
    }

    @Override
    public double sum() {
      return context.sum();
    }

    @Override
    public void close() {
      thread.interrupt();
      acknowledging.interrupt();
      try {
        thread.join();
        source.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  // ------------------------------------------------------------------ the bare loop

  private static Receiver bareTcp() throws Exception {
    Bare bare = new Bare();
    bare.port =
        bare.vertx
            .createNetServer()
            .connectHandler(socket ->
                socket.handler(
                    RecordParser.newDelimited(
                        "\n", line -> bare.read(line.getBytes(), line.length()))))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get()
            .actualPort();
    return bare;
  }

  private static Receiver bareHttp() throws Exception {
    Bare bare = new Bare();
    bare.port =
        bare.vertx
            .createHttpServer()
            .requestHandler(request ->
                request.bodyHandler(body -> {
                  bare.lines(body);
                  request.response().setStatusCode(204).end();
                }))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get()
            .actualPort();
    return bare;
  }

  /** One event loop, as Forebay has on two cores. */
  private static final class Bare implements Receiver {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private int port;
    private final AtomicLong records = new AtomicLong();
    private final BareReading reading = new BareReading();
    private double sum;

    void lines(Buffer body) {
      byte[] bytes = body.getBytes();
      int from = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          read(bytes, from, i - from);
          from = i + 1;
        }
      }
    }

    void read(byte[] bytes, int length) {
      read(bytes, 0, length);
    }

    private void read(byte[] bytes, int from, int length) {
      if (reading.read(bytes, from, length)) {
        sum += reading.value();
        records.lazySet(records.get() + 1);
      }
    }

    @Override
    public int port() {
      return port;
    }

    @Override
    public long records() {
      return records.get();
    }

    @Override
    public double sum() {
      return sum;
    }

    @Override
    public void close() {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
