package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks each 10 ms at what a file of JSON Lines has got, and notes when. */
final class Arrivals implements AutoCloseable {
  /** A line of the file: when it was there, and what it says. */
  record Arrival(long id, long nanos, long at) {}

  private static final Pattern LINE = Pattern.compile("\"id\":([0-9]+),.*\"at\":([0-9]+)");
  private static final long LOOK_MILLIS = 10;

  private final Path file;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Future<?> looking;
  private final List<Arrival> arrivals = new ArrayList<>(); // Guarded by this.
  private long position;
  private String rest = "";

  Arrivals(Path file) {
    this.file = file;
    looking = timer.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private synchronized void look() {
    if (!Files.exists(file)) {
      return;
    }
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      byte[] more = new byte[(int) (open.length() - position)];
      open.seek(position);
      open.readFully(more);
      position += more.length;
      String text = rest + new String(more, UTF_8);
      int end = text.lastIndexOf('\n') + 1;
      rest = text.substring(end);
      long now = System.nanoTime();
      text.substring(0, end).lines().forEach(line -> add(line, now));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private synchronized void add(String line, long now) {
    Matcher found = LINE.matcher(line);
    if (!found.find()) {
      throw new IllegalStateException(line);
    }
    arrivals.add(new Arrival(Long.parseLong(found.group(1)), now, Long.parseLong(found.group(2))));
  }

  /** How many lines there are. */
  synchronized int count() {
    if (looking.state() == Future.State.FAILED) {
      throw new IllegalStateException(looking.exceptionNow());
    }
    return arrivals.size();
  }

  /** All of them, in the file's order. */
  synchronized List<Arrival> all() {
    return List.copyOf(arrivals);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
