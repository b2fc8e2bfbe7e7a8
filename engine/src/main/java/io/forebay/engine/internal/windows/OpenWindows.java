package io.forebay.engine.internal.windows;

import io.forebay.Accumulator;
import io.forebay.internal.windows.WindowGrid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The partial results of what is not over, by pane and key: bounded by {@code most}, which counts
 * them and the records that they hold one by one. A window that is over is made of its panes; the
 * panes stay until no window needs them. Used by the sink runner.
 */
final class OpenWindows {
  /** Takes windows that are over: in the order of their ends, and of equal ends by key. */
  interface Closed {
    void window(Object key, long begin, long end, Object result) throws IOException;
  }

  private final WindowGrid grid;
  private final Accumulator<Object> accumulator;
  private final int most;
  private final TreeMap<Long, Map<Object, Object>> panes = new TreeMap<>();
  private int size;

  /** The records that they hold one by one. */
  private int records;

  OpenWindows(WindowGrid grid, Accumulator<Object> accumulator, int most) {
    this.grid = grid;
    this.accumulator = accumulator;
    this.most = most;
  }

  /** How many partial results there are. */
  int size() {
    return size;
  }

  /**
   * Takes in a partial result, in the form in which the accumulator writes it, if it has a place.
   */
  boolean tryMerge(long pane, Object key, byte[] partial) throws IOException {
    Object read = accumulator.read(new DataInputStream(new ByteArrayInputStream(partial)));
    boolean isNew = !panes.getOrDefault(pane, Map.of()).containsKey(key);
    int needed = (isNew ? 1 : 0) + accumulator.records(read);
    if (needed > 0 && (long) size + records + needed > most) {
      return false;
    }
    merge(pane, key, read);
    return true;
  }

  /** Takes in what had a place before. */
  void merge(long pane, Object key, byte[] partial) throws IOException {
    merge(pane, key, accumulator.read(new DataInputStream(new ByteArrayInputStream(partial))));
  }

  private void merge(long pane, Object key, Object read) {
    records += accumulator.records(read);
    Map<Object, Object> of = panes.computeIfAbsent(pane, any -> new HashMap<>());
    Object known = of.putIfAbsent(key, read);
    if (known == null) {
      size++;
    } else {
      accumulator.merge(known, read);
    }
  }

  /** The end of the last window that has a record. */
  long lastEnd() {
    return panes.isEmpty() ? WindowGrid.NEVER : panes.lastKey() + grid.size();
  }

  /**
   * Takes out the windows that end after {@code from}, and at {@code to} at the latest.
   *
   * @param from what was closed before, or {@link WindowGrid#NEVER}
   */
  void close(long from, long to, Closed closed) throws IOException {
    long done = from;
    while (!panes.isEmpty()) {
      long first = panes.firstKey();
      // The first window that needs the pane ends with it.
      long end = first + grid.every();
      if (done != WindowGrid.NEVER) {
        end = Math.max(end, grid.pane(done) + grid.every());
      }
      if (first + grid.size() < end) {
        remove(first);
        continue;
      }
      if (end > to) {
        return;
      }
      tell(end - grid.size(), end, closed);
      done = end;
      if (first + grid.size() == end) {
        remove(first);
      }
    }
  }

  private void remove(long pane) {
    Map<Object, Object> of = Objects.requireNonNull(panes.remove(pane));
    size -= of.size();
    of.values().forEach(each -> records -= accumulator.records(each));
  }

  private void tell(long begin, long end, Closed closed) throws IOException {
    List<Map<Object, Object>> of = new ArrayList<>(panes.subMap(begin, end).values());
    TreeSet<Object> keys = new TreeSet<>();
    of.forEach(each -> keys.addAll(each.keySet()));
    for (Object key : keys) {
      Object result = of.size() == 1 ? of.getFirst().get(key) : together(of, key);
      closed.window(key, begin, end, Objects.requireNonNull(result));
    }
  }

  /** A copy, because the panes are parts of other windows as well. */
  private Object together(List<Map<Object, Object>> of, Object key) throws IOException {
    @Nullable Object sum = null;
    for (Map<Object, Object> each : of) {
      Object part = each.get(key);
      if (part != null) {
        if (sum == null) {
          sum = accumulator.init();
        }
        accumulator.merge(sum, copy(part));
      }
    }
    return Objects.requireNonNull(sum);
  }

  private Object copy(Object partial) throws IOException {
    return accumulator.read(new DataInputStream(new ByteArrayInputStream(bytes(partial))));
  }

  private byte[] bytes(Object partial) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    accumulator.write(partial, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Somebody who looks at all partial results. */
  interface Each {
    void partial(long pane, Object key, byte[] bytes) throws IOException;
  }

  /** All partial results, in the form in which the accumulator writes them. */
  void forEach(Each each) throws IOException {
    for (Map.Entry<Long, Map<Object, Object>> pane : panes.entrySet()) {
      for (Map.Entry<Object, Object> entry : pane.getValue().entrySet()) {
        each.partial(pane.getKey(), entry.getKey(), bytes(entry.getValue()));
      }
    }
  }
}
