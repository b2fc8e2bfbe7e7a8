package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** What a known pipeline reads, writes to, and shares its machine with, while it runs. */
final class KnownSurroundings implements AutoCloseable {
  private final KnownPipeline pipeline;
  private final int port;
  private final List<Process> beside = new ArrayList<>();
  private final List<HttpServer> stores = new ArrayList<>();
  private volatile boolean over;

  KnownSurroundings(KnownPipeline pipeline, Path folder) throws IOException {
    this.pipeline = pipeline;
    port = CommandLine.freePort();
    Files.writeString(folder.resolve("known.py"), KnownPipeline.resource("known.py"));
    Files.writeString(folder.resolve("pipeline.yaml"), yaml());
    if (pipeline.surroundings().containsKey("file")) {
      write(folder, pipeline.surroundings().get("file").split(" "));
    }
    if (pipeline.surroundings().containsKey("store")) {
      serve(pipeline.surroundings().get("store").split(" "));
    }
    if (pipeline.surroundings().containsKey("sends")) {
      Thread.ofPlatform().daemon().start(this::send);
    }
    for (long i = pipeline.number("beside"); i > 0; i--) {
      // In sessions of their own, as programs of others are: kernels share the cores among
      // sessions.
      beside.add(new ProcessBuilder("setsid", "sh", "-c", "while :; do :; done").start());
    }
  }

  private String yaml() {
    StringBuilder quiet = new StringBuilder("sources: [ ");
    for (long i = pipeline.number("quiet"); i > 0; i--) {
      quiet.append("{ name: quiet-" + i + ", type: simulated, records: 9, rate: 4 },\n  ");
    }
    return pipeline.yaml().replace("PORT", String.valueOf(port)).replace("sources: [ ", quiet);
  }

  private static void write(Path folder, String... said) throws IOException {
    boolean csv = said[0].contains("csv");
    Path file = folder.resolve(said[0]);
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream bytes = said[0].endsWith(".gz") ? new GZIPOutputStream(plain) : plain;
        Writer out = new java.io.BufferedWriter(new java.io.OutputStreamWriter(bytes, UTF_8))) {
      int wide = said.length > 2 ? 30 : 0;
      if (csv) {
        out.write("sensorId,timestamp,value");
        for (int i = 0; i < wide; i++) {
          out.write(",more" + i);
        }
        out.write('\n');
      }
      for (long n = 0; n < Long.parseLong(said[1]); n++) {
        out.write(csv ? "s1," + (1_735_689_600_000L + n) + "," + n % 997 / 7.0 : line(n));
        for (int i = 0; i < wide; i++) {
          out.write(csv ? "," + (n * 31 + i) / 3.0 : ",\"more" + i + "\":" + (n * 31 + i) / 3.0);
        }
        out.write(csv ? "\n" : "}\n");
      }
    }
  }

  private static String line(long number) {
    return String.format(
        Locale.ROOT,
        "{\"sensorId\":\"s1\",\"timestamp\":%d,\"value\":%d.5",
        1_735_689_600_000L + number,
        number % 997);
  }

  /** A store that takes everything, after a while. */
  private void serve(String... millis) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    long first = Long.parseLong(millis[0]);
    long then = millis.length > 1 ? Long.parseLong(millis[1]) : first;
    long until = TimeUnit.SECONDS.toNanos(millis.length > 2 ? Long.parseLong(millis[2]) : 0);
    AtomicLong began = new AtomicLong();
    server.createContext(
        "/",
        (HttpExchange exchange) -> {
          exchange.getRequestBody().readAllBytes();
          began.compareAndSet(0, System.nanoTime());
          boolean early = System.nanoTime() - began.get() < until;
          idle(TimeUnit.MILLISECONDS.toNanos(early ? first : then));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    stores.add(server);
  }

  private void send() {
    long pause = TimeUnit.SECONDS.toNanos(1) / pipeline.number("sends");
    while (!over) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
          OutputStream out = socket.getOutputStream()) {
        for (long n = 0, at = System.nanoTime(); !over; n++, at += pause) {
          out.write((line(n) + "}\n").getBytes(UTF_8));
          idle(at + pause - System.nanoTime());
        }
      } catch (IOException e) {
        idle(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** Reads what the pipeline prints, as fast as is said. */
  void read(BufferedReader printed) {
    long rate = pipeline.number("reads");
    try {
      while (printed.readLine() != null) {
        if (rate > 0) {
          idle(TimeUnit.SECONDS.toNanos(1) / rate);
        }
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  private static void idle(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  @Override
  public void close() {
    over = true;
    beside.forEach(Process::destroyForcibly);
    stores.forEach(store -> store.stop(0));
  }
}
