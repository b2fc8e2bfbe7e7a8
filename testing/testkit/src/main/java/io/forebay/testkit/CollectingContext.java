package io.forebay.testkit;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.SourceContext;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a source in place of the engine and keeps what it hands in. Checks each record as the engine
 * would. Thread-safe; each partition's writer belongs to one thread.
 */
final class CollectingContext implements SourceContext {
  /** What a source handed in: a record's values, or why it could not be read. */
  record Entry(long sequence, long offset, Object content) {}

  /** Why a record could not be read. */
  record Unreadable(String reason, String excerpt) {}

  private final Schema schema;
  private final boolean extras;
  private final Map<String, Position> resume;
  private final AtomicInteger room;
  private final boolean breaks;
  private final Map<String, List<Entry>> entries = new ConcurrentHashMap<>();

  /**
   * @param room how many records are taken; then the source is asked to stop
   * @param breaks whether a mistake of the engine, an {@link Error}, is what it meets instead
   */
  CollectingContext(
      Schema schema, boolean extras, Map<String, Position> resume, int room, boolean breaks) {
    this.schema = schema;
    this.extras = extras;
    this.resume = resume;
    this.room = new AtomicInteger(room);
    this.breaks = breaks;
  }

  /** For each partition what was handed in, in order. */
  Map<String, List<Entry>> entries() {
    Map<String, List<Entry>> copy = new TreeMap<>();
    entries.forEach((partition, list) -> copy.put(partition, List.copyOf(list)));
    return copy;
  }

  @Override
  public String name() {
    return "source";
  }

  @Override
  public Position resumeFrom(String partition) {
    return resume.getOrDefault(partition, Position.START);
  }

  @Override
  public Set<String> replacedColumns() {
    return Set.of();
  }

  @Override
  public RecordWriter partition(String partition) {
    List<Entry> list = Collections.synchronizedList(new ArrayList<>());
    if (entries.putIfAbsent(partition, list) != null) {
      throw new AssertionError("the source opened its partition '" + partition + "' twice");
    }
    return new CollectingWriter(partition, list);
  }

  private final class CollectingWriter implements RecordWriter {
    private final String partition;
    private final List<Entry> list;
    private final @Nullable Object[] values = new Object[schema.size()];
    private @Nullable String extraMembers;
    private long last;
    private boolean asked;

    CollectingWriter(String partition, List<Entry> list) {
      this.partition = partition;
      this.list = list;
      this.last = resumeFrom(partition).sequence();
    }

    private void set(int column, Object value, ColumnType... types) {
      Field field = schema.field(column);
      if (!Arrays.asList(types).contains(field.type())) {
        throw new AssertionError(
            "the source set " + field + " to a value for " + Arrays.toString(types));
      }
      values[column] = Values.coerce(field, value);
    }

    @Override
    public void setBool(int column, boolean value) {
      set(column, value, ColumnType.BOOL);
    }

    @Override
    public void setLong(int column, long value) {
      set(
          column,
          value,
          ColumnType.INT32,
          ColumnType.INT64,
          ColumnType.TIMESTAMP_MS,
          ColumnType.TIMESTAMP_US,
          ColumnType.TIMESTAMP_NS);
    }

    @Override
    public void setDouble(int column, double value) {
      set(column, value, ColumnType.FLOAT32, ColumnType.FLOAT64);
    }

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {
      setString(column, new String(utf8, from, length, StandardCharsets.UTF_8));
    }

    @Override
    public void setString(int column, String text) {
      set(column, text, ColumnType.STRING);
    }

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {
      set(column, Arrays.copyOfRange(bytes, from, from + length), ColumnType.BINARY);
    }

    @Override
    public void setDoubles(int column, double[] doubles, int from, int length) {
      set(column, Arrays.copyOfRange(doubles, from, from + length), ColumnType.FLOAT64_LIST);
    }

    @Override
    public void setNull(int column) {
      values[column] = null;
    }

    @Override
    public void setExtras(byte[] utf8, int from, int length) {
      if (!extras) {
        throw new AssertionError("the source set extras, but carriesExtras() is false");
      }
      extraMembers = new String(utf8, from, length, StandardCharsets.UTF_8);
    }

    @Override
    public void append(long sequence, long offset) throws InterruptedException {
      for (int i = 0; i < values.length; i++) {
        if (values[i] == null && !schema.field(i).nullable()) {
          throw new IllegalStateException(
              "record " + sequence + " has no value for " + schema.field(i));
        }
      }
      collect(sequence, offset, Arrays.asList(Arrays.asList(values.clone()), extraMembers));
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text)
        throws InterruptedException {
      collect(sequence, offset, new Unreadable(reason, text.start()));
    }

    private void collect(long sequence, long offset, Object content) throws InterruptedException {
      if (sequence <= last) {
        throw new AssertionError(
            "partition '" + partition + "': sequence " + sequence + " came behind " + last);
      }
      if (asked) {
        throw new AssertionError(
            "partition '" + partition + "' handed in a record after it was asked to stop");
      }
      if (room.decrementAndGet() < 0) {
        asked = true;
        if (breaks) {
          throw new StackOverflowError("a mistake of the engine");
        }
        throw new InterruptedException("asked to stop");
      }
      last = sequence;
      list.add(new Entry(sequence, offset, content));
      clear();
    }

    @Override
    public void clear() {
      Arrays.fill(values, null);
      extraMembers = null;
    }
  }
}
