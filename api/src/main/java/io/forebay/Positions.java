package io.forebay;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Positions by partition, for very many of them: some 35 bytes each beside the key. Immutable. What
 * grew out of one another shares its keys, and of its numbers what is the same.
 */
public final class Positions extends AbstractMap<String, Position> {
  private static final int BITS = 6;
  private static final int PAGE = 1 << BITS;

  /**
   * Keys in the order in which they came, a page after the other; those from {@link #size} on are
   * of later positions. A key is what the two halves together say.
   */
  private final Keys keys;

  /** By hash, one more than the place of a key; 0: none. Entries are added, never changed. */
  private final int[] table;

  private final int size;

  /** For each key its sequence and its offset. */
  private final long[][] numbers;

  private Positions(Keys keys, int[] table, int size, long[][] numbers) {
    this.keys = keys;
    this.table = table;
    this.size = size;
    this.numbers = numbers;
  }

  /** Halves of keys, so that one text serves for several of them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Keys(String[][] first, String[][] second) {
    String of(int place) {
      int at = place & (PAGE - 1);
      String front = first[place >> BITS][at];
      return front.isEmpty() ? second[place >> BITS][at] : front + second[place >> BITS][at];
    }

    boolean is(int place, String key) {
      int at = place & (PAGE - 1);
      String front = first[place >> BITS][at];
      String back = second[place >> BITS][at];
      return key.length() == front.length() + back.length()
          && key.startsWith(front)
          && key.endsWith(back);
    }

    int pages() {
      return first.length;
    }

    Keys larger(int pages) {
      return new Keys(Arrays.copyOf(first, pages), Arrays.copyOf(second, pages));
    }

    void put(int place, String front, String back) {
      int at = place & (PAGE - 1);
      if (at == 0) {
        first[place >> BITS] = new String[PAGE];
        second[place >> BITS] = new String[PAGE];
      }
      first[place >> BITS][at] = front;
      second[place >> BITS][at] = back;
    }
  }

  /** The place of a key among the first {@code size}, or -1. */
  private static int find(Keys keys, int[] table, int size, String key) {
    int mask = table.length - 1;
    for (int at = hash(key) & mask; table[at] != 0; at = (at + 1) & mask) {
      int place = table[at] - 1;
      if (place < size && keys.is(place, key)) {
        return place;
      }
    }
    return -1;
  }

  /** Where in its page the sequence of a key is; its offset follows. */
  private static int at(int place) {
    return 2 * (place & (PAGE - 1));
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
    long[] page = numbers[place >> BITS];
    return new Position(page[at(place)], page[at(place) + 1]);
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
            return Map.entry(keys.of(place), position(place));
          }
        };
      }
    };
  }

  /**
   * Positions that change, for one thread. A {@link #snapshot} costs nothing; the first change of a
   * position after it copies the numbers of the {@value #PAGE} keys around it.
   */
  public static final class Growing {
    private Keys keys = new Keys(new String[1][], new String[1][]);
    private int[] table = new int[PAGE];
    private int size;
    private long[][] numbers = new long[1][];

    /** Whether a snapshot has {@code numbers}, and the pages of it that no snapshot has. */
    private boolean shared;

    private final BitSet own = new BitSet();

    /** Begins with these. */
    public Growing(Map<String, Position> start) {
      start.forEach((key, position) -> put(-1, "", key, position.sequence(), position.offset()));
    }

    /**
     * Changes or adds a position.
     *
     * @param place what this has returned for the key before, or -1 if it was not asked yet
     * @param front the first half of the key, which may be empty
     * @param back the second half; kept as it is
     * @return the key's place
     */
    public int put(int place, String front, String back, long sequence, long offset) {
      int found = place < 0 ? find(keys, table, size, front + back) : place;
      if (found < 0) {
        found = add(front, back);
      }
      long[] page = page(found >> BITS);
      page[at(found)] = sequence;
      page[at(found) + 1] = offset;
      return found;
    }

    /** The sequence of the key at that place. */
    public long sequence(int place) {
      return numbers[place >> BITS][at(place)];
    }

    /** The offset of the key at that place. */
    public long offset(int place) {
      return numbers[place >> BITS][at(place) + 1];
    }

    /** A page of numbers that may be changed. */
    private long[] page(int number) {
      if (shared) {
        shared = false;
        numbers = numbers.clone();
      }
      if (!own.get(number)) {
        own.set(number);
        numbers[number] = numbers[number].clone();
      }
      return numbers[number];
    }

    private int add(String front, String back) {
      int number = size >> BITS;
      if (number == keys.pages()) {
        keys = keys.larger(number + (number >> 1) + 1);
        numbers = Arrays.copyOf(numbers, keys.pages());
        shared = false;
      }
      if ((size & (PAGE - 1)) == 0) {
        numbers[number] = new long[2 * PAGE];
      }
      if (3 * (size + 1L) > 2L * table.length) {
        table = new int[2 * table.length];
        for (int i = 0; i < size; i++) {
          enter(keys.of(i), i);
        }
      }
      keys.put(size, front, back);
      enter(front + back, size);
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
      own.clear();
      return new Positions(keys, table, size, numbers);
    }
  }
}
