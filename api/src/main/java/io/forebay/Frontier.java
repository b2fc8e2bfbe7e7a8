package io.forebay;

import java.util.HashMap;
import java.util.Map;

/**
 * For each partition ({@code source} or {@code source/partition}) the position up to which every
 * record has been delivered, dead-lettered or filtered, without a gap. Immutable.
 */
public record Frontier(Map<String, Position> positions) {
  /** Nothing delivered yet. */
  public static final Frontier START = new Frontier(Map.of());

  public Frontier {
    positions = positions instanceof Positions same ? same : Map.copyOf(positions);
  }

  /** The position of the partition; {@link Position#START} where nothing is known of it. */
  public Position of(String partition) {
    return positions.getOrDefault(partition, Position.START);
  }

  /** For each partition the lesser of both positions: what is safe to resume from. */
  public Frontier min(Frontier other) {
    Map<String, Position> least = new HashMap<>();
    positions.forEach((partition, position) -> {
      Position theirs = other.of(partition);
      least.put(partition, theirs.sequence() < position.sequence() ? theirs : position);
    });
    return new Frontier(least);
  }
}
