package io.forebay;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Positions by partition, for very many of them: some 30 bytes each beside the key. Immutable. What
 * grew out of one another shares its keys.
 */
public final class Positions extends AbstractMap<String, Position> {
  /** Keys in the order in which they came; those from {@link #size} on are of later positions. */
  private final String[] keys;

  /** By hash, one more than the place of a key; 0: none. Entries are added, never changed. */
  private final int[] table;

  private final int size;
  private final long[] sequences;
  private final long[] offsets;

  private Positions(String[] keys, int[] table, int size, long[] sequences, long[] offsets) {
    this.keys = keys;
    this.table = table;
    this.size = size;
    this.sequences = sequences;
    this.offsets = offsets;
  }

  /** The place of a key among the first {@code size}, or -1. */
  private static int find(String[] keys, int[] table, int size, String key) {
    int mask = table.length - 1;
    for (int at = hash(key) & mask; table[at] != 0; at = (at + 1) & mask) {
      int place = table[at] - 1;
      if (place < size && keys[place].equals(key)) {
        return place;
      }
    }
    return -1;
  }

  private static int hash(String key) {
    int hash = key.hashCode() * 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }

  @Override
  public @Nullable Position get(@Nullable Object key) {
    int place = key instanceof String text ? find(keys, table, size, text) : -1;
    return place < 0 ? null : position(place);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key instanceof String text && find(keys, table, size, text) >= 0;
  }

  @Override
  public int size() {
    return size;
  }

  private Position position(int place) {
    return new Position(sequences[place], offsets[place]);
  }

  @Override
  public Set<Map.Entry<String, Position>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public Iterator<Map.Entry<String, Position>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < size;
          }

          @Override
          public Map.Entry<String, Position> next() {
            if (next >= size) {
              throw new NoSuchElementException();
            }
            int place = next++;
            return Map.entry(keys[place], position(place));
          }
        };
      }
    };
  }

  /**
   * Positions that change, for one thread. A {@link #snapshot} costs nothing; the first change
   * after it copies 16 bytes for each key.
   */
  public static final class Growing {
    private static final int FIRST = 16;

    private String[] keys = new String[FIRST];
    private int[] table = new int[2 * FIRST];
    private int size;
    private long[] sequences = new long[FIRST];
    private long[] offsets = new long[FIRST];

    /** Whether a snapshot has these numbers. */
    private boolean shared;

    /** Begins with these. */
    public Growing(Map<String, Position> start) {
      start.forEach((key, position) -> put(-1, key, position.sequence(), position.offset()));
    }

    /**
     * Changes or adds a position.
     *
     * @param place what this has returned for the key before, or -1 if it was not asked yet
     * @return the key's place
     */
    public int put(int place, String key, long sequence, long offset) {
      int at = place < 0 ? find(keys, table, size, key) : place;
      if (at < 0) {
        at = add(key);
      }
      if (shared) {
        shared = false;
        sequences = Arrays.copyOf(sequences, keys.length);
        offsets = Arrays.copyOf(offsets, keys.length);
      }
      sequences[at] = sequence;
      offsets[at] = offset;
      return at;
    }

    private int add(String key) {
      if (size == keys.length) {
        int larger = size + (size >> 1);
        keys = Arrays.copyOf(keys, larger);
        sequences = Arrays.copyOf(sequences, larger);
        offsets = Arrays.copyOf(offsets, larger);
        shared = false;
      }
      if (3 * (size + 1L) > 2 * table.length) {
        table = new int[2 * table.length];
        for (int i = 0; i < size; i++) {
          enter(keys[i], i);
        }
      }
      keys[size] = key;
      enter(key, size);
      return size++;
    }

    private void enter(String key, int place) {
      int mask = table.length - 1;
      int at = hash(key) & mask;
      while (table[at] != 0) {
        at = (at + 1) & mask;
      }
      table[at] = place + 1;
    }

    /** What they are now. */
    public Positions snapshot() {
      shared = true;
      return new Positions(keys, table, size, sequences, offsets);
    }
  }
}
