package io.forebay;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A frontier that changes, for very many partitions: some 60 bytes each beside the name. For one
 * thread; its {@link #snapshot}s are for any.
 *
 * <p>A snapshot costs nothing and shares its memory with this and with all others; the first change
 * of a partition after it copies the numbers of the {@value #PAGE} partitions around it.
 */
public final class GrowingFrontier {
  private static final int BITS = 5;
  private static final int PAGE = 1 << BITS;

  // The numbers of a partition; a position or counts of zeros are none.
  private static final int SEQUENCE = 0;
  private static final int OFFSET = 1;
  private static final int READ = 2;
  private static final int DELIVERED = 3;
  private static final int DEAD_LETTERED = 4;
  private static final int WIDTH = 5;

  /** Names in the order in which they came; those beyond a snapshot's size are younger than it. */
  private String[] names = new String[PAGE];

  /** By hash, one more than the place of a name; 0: none. Entries are added, never changed. */
  private int[] table = new int[2 * PAGE];

  private int size;
  private int positions;
  private int counts;

  /** A page after the other. */
  private long[][] numbers = new long[1][];

  /** Whether a snapshot has {@code numbers}, and the pages of it that no snapshot has. */
  private boolean shared;

  private final BitSet own = new BitSet();

  /** Begins with these positions and counts. */
  public GrowingFrontier(Frontier start) {
    start.positions().forEach((name, at) -> reach(place(name), at.sequence(), at.offset()));
    start
        .counts()
        .forEach((name, of) -> count(place(name), of.read(), of.delivered(), of.deadLettered()));
  }

  /** Where the partition has its place, from now on; it gets one if it has none. */
  public int place(String partition) {
    int found = find(names, table, size, partition);
    return found < 0 ? add(partition) : found;
  }

  /** The partition at that place is delivered up to here. */
  public void reach(int place, long sequence, long offset) {
    long[] page = page(place >> BITS);
    positions -= position(page, at(place)) == null ? 0 : 1;
    page[at(place) + SEQUENCE] = sequence;
    page[at(place) + OFFSET] = offset;
    positions += position(page, at(place)) == null ? 0 : 1;
  }

  /** Adds to what became of the records of the partition at that place. */
  public void count(int place, long read, long delivered, long deadLettered) {
    long[] page = page(place >> BITS);
    counts -= counts(page, at(place)) == null ? 0 : 1;
    page[at(place) + READ] += read;
    page[at(place) + DELIVERED] += delivered;
    page[at(place) + DEAD_LETTERED] += deadLettered;
    counts += counts(page, at(place)) == null ? 0 : 1;
  }

  /** Up to where the partition at that place is delivered. */
  public Position position(int place) {
    Position position = position(numbers[place >> BITS], at(place));
    return position == null ? Position.START : position;
  }

  /**
   * What it is now.
   *
   * @param dropped what sources have thrown away
   */
  public Frontier snapshot(Map<String, Long> dropped) {
    shared = true;
    own.clear();
    Rows rows = new Rows(names, table, size, numbers);
    return new Frontier(
        new View<>(rows, positions, GrowingFrontier::position),
        new View<>(rows, counts, GrowingFrontier::counts),
        dropped);
  }

  /** Whether the map is a part of a snapshot, so that it need not be copied to stay as it is. */
  static boolean isSnapshot(Map<String, ?> map) {
    return map instanceof View;
  }

  /** Where in its page the numbers of a partition begin. */
  private static int at(int place) {
    return WIDTH * (place & (PAGE - 1));
  }

  private static @Nullable Position position(long[] page, int at) {
    return (page[at + SEQUENCE] | page[at + OFFSET]) == 0
        ? null
        : new Position(page[at + SEQUENCE], page[at + OFFSET]);
  }

  private static Frontier.@Nullable Counts counts(long[] page, int at) {
    return (page[at + READ] | page[at + DELIVERED] | page[at + DEAD_LETTERED]) == 0
        ? null
        : new Frontier.Counts(page[at + READ], page[at + DELIVERED], page[at + DEAD_LETTERED]);
  }

  private static int hash(String name) {
    int hash = name.hashCode() * 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }

  /** The place of a name among the first {@code size}, or -1. */
  private static int find(String[] names, int[] table, int size, String name) {
    int mask = table.length - 1;
    for (int at = hash(name) & mask; table[at] != 0; at = (at + 1) & mask) {
      int place = table[at] - 1;
      if (place < size && names[place].equals(name)) {
        return place;
      }
    }
    return -1;
  }

  private int add(String name) {
    if (size == names.length) {
      names = Arrays.copyOf(names, size + (size >> 1));
    }
    if ((size & (PAGE - 1)) == 0) {
      int number = size >> BITS;
      if (number == numbers.length) {
        numbers = Arrays.copyOf(numbers, number + (number >> 1) + 1);
        shared = false;
      }
      numbers[number] = new long[WIDTH * PAGE];
    }
    if (3 * (size + 1L) > 2L * table.length) {
      table = new int[2 * table.length];
      for (int i = 0; i < size; i++) {
        enter(names[i], i);
      }
    }
    names[size] = name;
    enter(name, size);
    return size++;
  }

  private void enter(String name, int place) {
    int mask = table.length - 1;
    int at = hash(name) & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = place + 1;
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

  /** What the views of a snapshot look into. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rows(String[] names, int[] table, int size, long[][] numbers) {}

  /** Reads what the numbers of a partition say; null if they are none. */
  private interface Reader<V> {
    @Nullable V read(long[] page, int at);
  }

  private static final class View<V> extends AbstractMap<String, V> {
    private final Rows rows;
    private final int size;
    private final Reader<V> reader;

    View(Rows rows, int size, Reader<V> reader) {
      this.rows = rows;
      this.size = size;
      this.reader = reader;
    }

    private @Nullable V value(int place) {
      return reader.read(rows.numbers[place >> BITS], at(place));
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
      int place = key instanceof String name ? find(rows.names, rows.table, rows.size, name) : -1;
      return place < 0 ? null : value(place);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
      return get(key) != null;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public Set<Map.Entry<String, V>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public int size() {
          return size;
        }

        @Override
        public Iterator<Map.Entry<String, V>> iterator() {
          return IntStream.range(0, rows.size)
              .filter(place -> value(place) != null)
              .mapToObj(place -> Map.entry(rows.names[place], Objects.requireNonNull(value(place))))
              .iterator();
        }
      };
    }
  }
}
