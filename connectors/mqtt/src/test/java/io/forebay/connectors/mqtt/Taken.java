package io.forebay.connectors.mqtt;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Takes records in place of the engine; may have no room. */
public final class Taken implements SourceContext, RecordWriter {
  /** What was handed in: values by column, or the reason why there are none. */
  public record Entry(long sequence, Map<Integer, Object> values, String reason, String excerpt) {}

  public final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());
  final List<String> states = Collections.synchronizedList(new ArrayList<>());
  final CountDownLatch connected = new CountDownLatch(1);
  final AtomicLong waited = new AtomicLong();

  /** Permits for records. */
  final Semaphore room;

  private final Map<Integer, Object> row = new TreeMap<>();

  public Taken() {
    this(Integer.MAX_VALUE);
  }

  Taken(int room) {
    this.room = new Semaphore(room);
  }

  long last() {
    synchronized (entries) {
      return entries.isEmpty() ? 0 : entries.getLast().sequence();
    }
  }

  List<Object> column(int column) {
    synchronized (entries) {
      return entries.stream().map(entry -> entry.values().get(column)).toList();
    }
  }

  @Override
  public String name() {
    return "source";
  }

  @Override
  public RecordWriter partition(String partition) {
    return this;
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
    states.add(state + " " + detail);
    if (state == SourceState.CONNECTED) {
      connected.countDown();
    }
  }

  @Override
  public void setBool(int column, boolean value) {
    row.put(column, value);
  }

  @Override
  public void setLong(int column, long value) {
    row.put(column, value);
  }

  @Override
  public void setDouble(int column, double value) {
    row.put(column, value);
  }

  @Override
  public void setString(int column, byte[] utf8, int from, int length) {
    row.put(column, new String(utf8, from, length, java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public void setString(int column, String text) {
    row.put(column, text);
  }

  @Override
  public void setBinary(int column, byte[] bytes, int from, int length) {
    row.put(column, length);
  }

  @Override
  public void setDoubles(int column, double[] values, int from, int length) {
    row.put(column, length);
  }

  @Override
  public void setNull(int column) {
    row.remove(column);
  }

  @Override
  public void setExtras(byte[] utf8, int from, int length) {
    setString(-1, utf8, from, length);
  }

  @Override
  public void append(long sequence, long offset) throws InterruptedException {
    take(sequence, new Entry(sequence, new LinkedHashMap<>(row), "", ""));
  }

  @Override
  public void reject(long sequence, long offset, String reason, Rejection.Text text)
      throws InterruptedException {
    take(sequence, new Entry(sequence, Map.of(), reason, text.start()));
  }

  private void take(long sequence, Entry entry) throws InterruptedException {
    if (sequence <= last()) {
      throw new AssertionError("sequence " + sequence + " came behind " + last());
    }
    if (!room.tryAcquire()) {
      waited.incrementAndGet();
      room.acquire();
    }
    entries.add(entry);
    clear();
  }

  @Override
  public void clear() {
    row.clear();
  }
}
