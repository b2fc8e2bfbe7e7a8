package io.forebay;

import io.forebay.columns.Field;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * How far every partition is delivered, and what became of its records up to there, over as many
 * runs as it took. Immutable. Partitions are named {@code source} or {@code source/partition}.
 *
 * <p>An output stores its {@link #rows} with its data and gives them back to {@link
 * #Frontier(Map)}: then a run that resumes at a position goes on with the counts that belong to it.
 * An output that stores the {@link #positions} alone resumes at the right place, and what earlier
 * runs have counted is forgotten.
 *
 * @param positions up to where every record is delivered, dead-lettered or filtered, without a gap
 * @param counts what became of the records up to there; where sources cannot repeat, of all that
 *     were committed
 * @param dropped how many records a source threw away, by the source's name
 */
public record Frontier(
    Map<String, Position> positions, Map<String, Counts> counts, Map<String, Long> dropped) {
  /** Nothing delivered yet. */
  public static final Frontier START = new Frontier(Map.of());

  private static final String DELIVERED = Field.RESERVED_PREFIX + "delivered/";
  private static final String DEAD_LETTERED = Field.RESERVED_PREFIX + "deadLettered/";
  private static final String DROPPED = Field.RESERVED_PREFIX + "dropped/";

  /**
   * What became of the records of a partition; the others were filtered. They are committed by
   * every output and grow with the position, so the lesser of two belongs to the lesser position.
   *
   * @param read records that are delivered, dead-lettered or filtered; none of rows among those of
   *     windows: where these are records that came too late, they were read in other partitions,
   *     which count them as filtered
   * @param delivered those that every sink has
   * @param deadLettered those that are in dead letter
   */
  public record Counts(long read, long delivered, long deadLettered) {
    /** No records. */
    public static final Counts NONE = new Counts(0, 0, 0);

    private Counts plus(Counts other) {
      return new Counts(
          read + other.read, delivered + other.delivered, deadLettered + other.deadLettered);
    }

    /** The lesser; of equally many the one that knows of more records that a store has refused. */
    private Counts min(Counts other) {
      boolean less = read == other.read ? delivered <= other.delivered : read < other.read;
      return less ? this : other;
    }
  }

  public Frontier {
    positions = GrowingFrontier.isSnapshot(positions) ? positions : Map.copyOf(positions);
    counts = GrowingFrontier.isSnapshot(counts) ? counts : Map.copyOf(counts);
    dropped = Map.copyOf(dropped);
  }

  /** A frontier of these {@link #rows}: positions, and counts if there are any. */
  public Frontier(Map<String, Position> rows) {
    this(positionsIn(rows), countsIn(rows), droppedIn(rows));
  }

  /** The position of the partition; {@link Position#START} where nothing is known of it. */
  public Position of(String partition) {
    return positions.getOrDefault(partition, Position.START);
  }

  /** What became of the records of the partition, as far as it is known. */
  public Counts countsOf(String partition) {
    return counts.getOrDefault(partition, Counts.NONE);
  }

  /** What became of the records of all partitions. */
  public RecordCounts total() {
    long read = 0;
    long delivered = 0;
    long deadLettered = 0;
    for (Counts each : counts.values()) {
      read += each.read;
      delivered += each.delivered;
      deadLettered += each.deadLettered;
    }
    long thrownAway = dropped.values().stream().mapToLong(Long::longValue).sum();
    long filtered = read - delivered - deadLettered;
    return new RecordCounts(read + thrownAway, delivered, deadLettered, filtered, thrownAway, 0);
  }

  /** This one with another position of a partition. */
  public Frontier with(String partition, Position position) {
    Map<String, Position> more = new HashMap<>(positions);
    more.put(partition, position);
    return new Frontier(more, counts, dropped);
  }

  /**
   * What both have, for each partition the lesser of both: what is safe to resume from. A partition
   * that one of them does not know has not begun there.
   */
  public Frontier min(Frontier other) {
    return new Frontier(
        both(positions, other.positions, (a, b) -> b.sequence() < a.sequence() ? b : a),
        both(counts, other.counts, Counts::min),
        both(dropped, other.dropped, Math::min));
  }

  private static <V> Map<String, V> both(
      Map<String, V> one, Map<String, V> other, BinaryOperator<V> lesser) {
    Map<String, V> both = new HashMap<>();
    one.forEach((key, value) -> {
      V theirs = other.get(key);
      if (theirs != null) {
        both.put(key, lesser.apply(value, theirs));
      }
    });
    return both;
  }

  /** What one of them has, for each partition the greater of both. */
  public Frontier max(Frontier other) {
    if (other.equals(START)) {
      return this;
    }
    return new Frontier(
        either(positions, other.positions, (a, b) -> b.sequence() > a.sequence() ? b : a),
        either(counts, other.counts, (a, b) -> b.read > a.read ? b : a),
        either(dropped, other.dropped, Math::max));
  }

  private static <V> Map<String, V> either(
      Map<String, V> one, Map<String, V> other, BinaryOperator<V> greater) {
    Map<String, V> either = new HashMap<>(one);
    other.forEach((key, value) -> either.merge(key, value, greater));
    return either;
  }

  /** What this one has beyond the other. */
  public Frontier beyond(Frontier other) {
    Map<String, Position> farther = new HashMap<>(positions);
    farther.entrySet().removeIf(e -> e.getValue().sequence() <= other.of(e.getKey()).sequence());
    Map<String, Counts> more = new HashMap<>(counts);
    more.entrySet().removeIf(e -> e.getValue().read <= other.countsOf(e.getKey()).read);
    Map<String, Long> thrownAway = new HashMap<>(dropped);
    thrownAway.entrySet().removeIf(e -> e.getValue() <= other.dropped.getOrDefault(e.getKey(), 0L));
    return new Frontier(farther, more, thrownAway);
  }

  /**
   * All of it as names with two numbers each, in the form in which every output keeps it:
   *
   * <ul>
   *   <li>{@code PARTITION}: its position;
   *   <li>{@code forebay:delivered/PARTITION} and, once there are any, {@code
   *       forebay:deadLettered/PARTITION}: as sequence how many records were read, as offset how
   *       many of them were delivered or dead-lettered;
   *   <li>{@code forebay:dropped/SOURCE}: as sequence how many records the source threw away.
   * </ul>
   *
   * No source has a name that begins so. To be gone through; looking a single row up takes as long.
   */
  public Map<String, Position> rows() {
    return counts.isEmpty() && dropped.isEmpty() ? positions : new Rows(this);
  }

  private Stream<Map.Entry<String, Position>> rowStream() {
    Stream<Map.Entry<String, Position>> counted =
        counts.entrySet().stream()
            .mapMulti((entry, rows) -> {
              Counts of = entry.getValue();
              rows.accept(row(DELIVERED + entry.getKey(), of.read, of.delivered));
              if (of.deadLettered > 0) {
                rows.accept(row(DEAD_LETTERED + entry.getKey(), of.read, of.deadLettered));
              }
            });
    Stream<Map.Entry<String, Position>> thrownAway =
        dropped.entrySet().stream().map(e -> row(DROPPED + e.getKey(), e.getValue(), 0));
    return Stream.concat(positions.entrySet().stream(), Stream.concat(counted, thrownAway));
  }

  private static Map.Entry<String, Position> row(String name, long sequence, long offset) {
    return Map.entry(name, new Position(sequence, offset));
  }

  private int rowCount() {
    long deadLettered = counts.values().stream().filter(of -> of.deadLettered > 0).count();
    return positions.size() + counts.size() + (int) deadLettered + dropped.size();
  }

  /**
   * Rows that are made while somebody goes through them: of a million partitions, at each commit.
   */
  private static final class Rows extends AbstractMap<String, Position> {
    private final Frontier of;

    Rows(Frontier of) {
      this.of = of;
    }

    @Override
    public Set<Map.Entry<String, Position>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public int size() {
          return of.rowCount();
        }

        @Override
        public Iterator<Map.Entry<String, Position>> iterator() {
          return of.rowStream().iterator();
        }
      };
    }
  }

  private static boolean isCount(String row) {
    return row.startsWith(DELIVERED) || row.startsWith(DEAD_LETTERED) || row.startsWith(DROPPED);
  }

  private static Map<String, Position> positionsIn(Map<String, Position> rows) {
    if (rows.keySet().stream().noneMatch(Frontier::isCount)) {
      return rows;
    }
    Map<String, Position> positions = new HashMap<>(rows);
    positions.keySet().removeIf(Frontier::isCount);
    return positions;
  }

  private static Map<String, Counts> countsIn(Map<String, Position> rows) {
    Map<String, Counts> counts = new HashMap<>();
    rows.forEach((row, of) -> {
      if (row.startsWith(DELIVERED)) {
        Counts each = new Counts(of.sequence(), of.offset(), 0);
        counts.merge(row.substring(DELIVERED.length()), each, Counts::plus);
      } else if (row.startsWith(DEAD_LETTERED)) {
        Counts each = new Counts(0, 0, of.offset());
        counts.merge(row.substring(DEAD_LETTERED.length()), each, Counts::plus);
      }
    });
    counts.values().removeIf(each -> each.read == 0 && each.delivered == 0);
    return counts;
  }

  private static Map<String, Long> droppedIn(Map<String, Position> rows) {
    Map<String, Long> dropped = new HashMap<>();
    rows.forEach((row, of) -> {
      if (row.startsWith(DROPPED)) {
        dropped.put(row.substring(DROPPED.length()), of.sequence());
      }
    });
    return dropped;
  }
}
