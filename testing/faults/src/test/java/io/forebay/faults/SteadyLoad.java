package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends a few records each 20 ms, in turn over every way in, and remembers when. One thread sends;
 * {@link #go}, {@link #pause} and {@link #sent} may be called by any other.
 */
final class SteadyLoad implements AutoCloseable {
  static final long TICK_MILLIS = 20;
  private static final int EACH = 5;

  /** Takes lines of JSON to a source. */
  interface Way {
    void send(List<String> lines) throws IOException;
  }

  private final List<Way> ways;
  private final Map<Long, Long> sent = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private @Nullable Future<?> sending;
  private long next;

  SteadyLoad(List<Way> ways) {
    this.ways = ways;
  }

  /** Begins, or goes on. */
  void go() {
    sending = timer.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Returns when nothing more is sent. */
  void pause() throws Exception {
    if (sending == null) {
      return;
    }
    sending.cancel(false);
    timer.submit(() -> {}).get();
    if (sending.state() == Future.State.FAILED) {
      throw new ExecutionException("a source took nothing", sending.exceptionNow());
    }
    sending = null;
  }

  /** When each record was sent, by {@link System#nanoTime}. */
  Map<Long, Long> sent() {
    return sent;
  }

  private void tick() {
    try {
      for (Way way : ways) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
          long id = next++;
          sent.put(id, System.nanoTime());
          lines.add("{\"id\":%d,\"value\":%d.5}".formatted(id, id % 100));
        }
        way.send(lines);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Appends to a file. */
  static Way file(Path file) {
    return lines ->
        Files.writeString(
            file,
            String.join("\n", lines) + "\n",
            UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
