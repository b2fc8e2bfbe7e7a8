package io.forebay.testkit;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.columns.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs a source that does not end by itself, in place of the engine: takes its records, makes it
 * wait, acknowledges, and asks it to stop. Thread-safe.
 *
 * <p>Everything is guarded by {@code lock}; acknowledgements are given outside of it.
 */
public final class LiveSource implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /**
   * What a source handed in.
   *
   * @param values one for each column; a timestamp is a Long
   */
  public record Row(
      String partition, long sequence, List<@Nullable Object> values, @Nullable String extras) {}

  /** A record that it could not read. */
  public record Bad(
      String partition, long sequence, String reason, String excerpt, long cutBytes) {}

  private final Source source;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final List<Row> rows = new ArrayList<>();
  private final List<Bad> bad = new ArrayList<>();
  private final Map<String, Long> handedIn = new LinkedHashMap<>();
  private final Thread thread;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private boolean hasRoom = true;
  private boolean acknowledges = true;
  private boolean keepsRows = true;
  private boolean ended;
  private long count;
  private long droppedRecords;
  private String said = "";

  private LiveSource(Source source) {
    this.source = source;
    this.thread = Thread.ofVirtual().name("source").unstarted(this::run);
  }

  /** Runs the source; it is acknowledged whatever it hands in, at once. */
  public static LiveSource start(Source source) {
    LiveSource live = new LiveSource(source);
    live.thread.start();
    return live;
  }

  private void run() {
    try {
      source.run(new Context());
      end.complete(null);
    } catch (Exception | AssertionError e) {
      end.completeExceptionally(e);
    }
  }

  /** From now on it waits for room, or no longer. */
  public void room(boolean there) {
    locked(() -> {
      hasRoom = there;
      room.signalAll();
    });
  }

  /** Whether it is acknowledged what it hands in from now on; what waited is then, too. */
  public void acknowledge(boolean yes) {
    locked(() -> acknowledges = yes);
    if (yes) {
      Map<String, Long> positions = new LinkedHashMap<>();
      locked(() -> positions.putAll(handedIn));
      positions.forEach((partition, last) -> source.acknowledged(partition, new Position(last, 0)));
    }
  }

  /** Only counts from now on. */
  public void forgetRows() {
    locked(() -> keepsRows = false);
  }

  /** The rows in the order in which they came. */
  public List<Row> rows() {
    List<Row> copy = new ArrayList<>();
    locked(() -> copy.addAll(rows));
    return copy;
  }

  /** The records that could not be read. */
  public List<Bad> bad() {
    List<Bad> copy = new ArrayList<>();
    locked(() -> copy.addAll(bad));
    return copy;
  }

  /** How many records came, good and bad. */
  public long count() {
    long[] now = new long[1];
    locked(() -> now[0] = count);
    return now[0];
  }

  /** How many records it has thrown away. */
  public long dropped() {
    long[] now = new long[1];
    locked(() -> now[0] = droppedRecords);
    return now[0];
  }

  /** What it said last about its outside world: {@code CONNECTED: to whom}. */
  public String state() {
    String[] now = new String[1];
    locked(() -> now[0] = said);
    return now[0];
  }

  /** How the source ended, if it did. */
  public CompletableFuture<Void> end() {
    return end;
  }

  /** Takes no more records and asks the source to stop, as the engine does. */
  public void stop() {
    locked(() -> {
      ended = true;
      room.signalAll();
    });
    thread.interrupt();
  }

  /** Stops the source, waits for its end and closes it. */
  @Override
  public void close() throws IOException {
    stop();
    boolean inTime;
    try {
      inTime = thread.join(PATIENCE);
    } catch (InterruptedException e) {
      inTime = false;
      Thread.currentThread().interrupt();
    }
    source.close();
    if (!inTime) {
      throw new AssertionError("the source did not stop within " + PATIENCE);
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private final class Context implements SourceContext {
    @Override
    public String name() {
      return "live";
    }

    @Override
    public RecordWriter partition(String partition) {
      locked(() -> {
        if (handedIn.putIfAbsent(partition, 0L) != null) {
          throw new AssertionError("the partition '" + partition + "' was opened twice");
        }
      });
      return new Writer(partition);
    }

    @Override
    public Position resumeFrom(String partition) {
      return Position.START;
    }

    @Override
    public Set<String> replacedColumns() {
      return Set.of();
    }

    @Override
    public void state(SourceState state, String detail) {
      locked(() -> said = state + ": " + detail);
    }

    @Override
    public void dropped(long records) {
      locked(() -> droppedRecords += records);
    }
  }

  private final class Writer implements RecordWriter {
    private final String partition;
    private final @Nullable Object[] values = new Object[source.schema().size()];
    private @Nullable String extras;

    Writer(String partition) {
      this.partition = partition;
    }

    private void set(int column, Object value) {
      values[column] = Values.coerce(source.schema().field(column), value);
    }

    @Override
    public void setBool(int column, boolean value) {
      set(column, value);
    }

    @Override
    public void setLong(int column, long value) {
      set(column, value);
    }

    @Override
    public void setDouble(int column, double value) {
      set(column, value);
    }

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {
      set(column, new String(utf8, from, length, StandardCharsets.UTF_8));
    }

    @Override
    public void setString(int column, String text) {
      set(column, text);
    }

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {
      set(column, Arrays.copyOfRange(bytes, from, from + length));
    }

    @Override
    public void setDoubles(int column, double[] doubles, int from, int length) {
      set(column, Arrays.copyOfRange(doubles, from, from + length));
    }

    @Override
    public void setNull(int column) {
      values[column] = null;
    }

    @Override
    public void setExtras(byte[] utf8, int from, int length) {
      extras = new String(utf8, from, length, StandardCharsets.UTF_8);
    }

    @Override
    public void append(long sequence, long offset) throws InterruptedException {
      for (int i = 0; i < values.length; i++) {
        Field field = source.schema().field(i);
        if (values[i] == null && !field.nullable()) {
          throw new IllegalStateException("record " + sequence + " has no value for " + field);
        }
      }
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object value : values) {
        copy.add(value);
      }
      collect(sequence, () -> rows.add(new Row(partition, sequence, copy, extras)));
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text)
        throws InterruptedException {
      collect(
          sequence,
          () -> bad.add(new Bad(partition, sequence, reason, text.start(), text.cutBytes())));
    }

    private void collect(long sequence, Runnable keep) throws InterruptedException {
      boolean acknowledge;
      lock.lockInterruptibly();
      try {
        while (!hasRoom && !ended) {
          room.await();
        }
        if (ended) {
          throw new InterruptedException("no more records are taken");
        }
        long last = handedIn.getOrDefault(partition, 0L);
        if (sequence <= last) {
          throw new AssertionError(
              "partition '" + partition + "': sequence " + sequence + " came behind " + last);
        }
        handedIn.put(partition, sequence);
        count++;
        if (keepsRows) {
          keep.run();
        }
        acknowledge = acknowledges;
      } finally {
        lock.unlock();
      }
      clear();
      if (acknowledge) {
        source.acknowledged(partition, new Position(sequence, 0));
      }
    }

    @Override
    public void clear() {
      Arrays.fill(values, null);
      extras = null;
    }
  }
}
