package io.forebay.internal.windows;

import io.forebay.Accumulator;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.BinaryWriter;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Int32Writer;
import io.forebay.columns.Int64Column;
import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RecordRejectedException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the records of a batch that have the same partition, key and pane into one partial
 * result. Rows stay as they are and get two columns: the number of their group, counted by first
 * rows, and in the first row of a group its partial result. So whoever merges them still has the
 * records, and can send a group to dead letter that comes too late.
 *
 * <p>Records that are late beside newer ones of the same batch are in no group ({@link #LATE}).
 * Whether a group is late beside earlier batches only the engine knows, and for the group as a
 * whole: its records differ in time by less than the pane is long, and the answer depends on the
 * pane.
 */
public final class WindowPartials implements BatchFunction {
  /** The column with the number of a row's group. */
  public static final String GROUP = "window_group";

  /** The column with the partial result of the group that begins at a row. */
  public static final String PARTIAL = "window_partial";

  /** No group: the record comes too late. */
  public static final int LATE = -1;

  private static final Schema OUTPUTS =
      Schema.of(Field.of(GROUP, ColumnType.INT32), Field.nullable(PARTIAL, ColumnType.BINARY));

  private final WindowParameters parameters;
  private @Nullable WindowGrid grid;
  private @Nullable Accumulator<Object> accumulator;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

  /** The partition whose newest time was asked for last, and all others. */
  private int lastPartition;

  private long lastNewest;
  private final Map<Integer, Long> newest = new HashMap<>();

  private record Key(int partition, Object key, long pane) {}

  private record Group(int number, int firstRow, Object partial) {}

  /** With the parameters of {@link WindowParameters#toMap}. */
  public WindowPartials(Map<String, String> parameters) {
    this.parameters = WindowParameters.of(parameters);
  }

  @Override
  public Schema outputs(Schema input) {
    for (Field own : OUTPUTS.fields()) {
      if (input.has(own.name())) {
        throw new ConfigurationException(
            "the column '" + own.name() + "' has a name that windows use themselves: rename it");
      }
    }
    grid = parameters.bind(input);
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    accumulator = parameters.load(input, loader == null ? getClass().getClassLoader() : loader);
    return OUTPUTS;
  }

  @Override
  public void apply(Batch in, BatchWriter out) throws IOException {
    WindowGrid windows = bound(grid);
    Accumulator<Object> gathers = bound(accumulator);
    Int64Column times = windows.times(in);
    Int32Writer groups = out.int32(GROUP);
    Map<Key, Group> found = new HashMap<>();
    List<Group> inOrder = new ArrayList<>();
    newest.clear();
    lastPartition = -1;
    gathers.begin(in);
    for (int row = 0; row < in.rows(); row++) {
      if (times.isNull(row) || windows.lacksKey(in, row)) {
        out.reject(row, missing(in, windows, row));
        continue;
      }
      long time = times.get(row);
      if (!windows.hasWindows(time)) {
        out.reject(row, "the record's time is so far away that no window can be counted there");
        continue;
      }
      long pane = windows.pane(time);
      int partition = in.partition(row);
      if (windows.isOver(pane, newest(partition))) {
        groups.set(row, LATE);
        continue;
      }
      Key key = new Key(partition, windows.key(in, row), pane);
      Group known = found.get(key);
      Group group = known == null ? new Group(inOrder.size(), row, gathers.init()) : known;
      try {
        gathers.add(group.partial, row);
      } catch (RecordRejectedException e) {
        out.reject(row, String.valueOf(e.getMessage()));
        continue;
      }
      if (known == null) {
        found.put(key, group);
        inOrder.add(group);
      }
      groups.set(row, group.number);
      seen(partition, time);
    }
    write(inOrder, gathers, out.binary(PARTIAL));
  }

  private void write(List<Group> groups, Accumulator<Object> gathers, BinaryWriter to)
      throws IOException {
    DataOutputStream data = new DataOutputStream(bytes);
    for (Group group : groups) {
      bytes.reset();
      gathers.write(group.partial, data);
      to.set(group.firstRow, bytes.toByteArray());
    }
  }

  private long newest(int partition) {
    if (partition != lastPartition) {
      newest.put(lastPartition, lastNewest);
      lastPartition = partition;
      lastNewest = newest.getOrDefault(partition, WindowGrid.NEVER);
    }
    return lastNewest;
  }

  /** Called after {@link #newest} of the same partition. */
  private void seen(int partition, long time) {
    lastNewest = Math.max(newest(partition), time);
  }

  private static String missing(Batch in, WindowGrid windows, int row) {
    boolean time = windows.times(in).isNull(row);
    String column = in.schema().field(time ? windows.time() : windows.key()).name();
    return "the record has no '" + column + "', so it belongs to no window";
  }

  private static <T> T bound(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("outputs() is called before apply()");
    }
    return value;
  }
}
