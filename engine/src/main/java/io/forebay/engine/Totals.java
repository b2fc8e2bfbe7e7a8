package io.forebay.engine;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.RecordCounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has become of all records of a partition up to its position, over as many runs as it took.
 * Kept in the frontier itself, under the names of partitions that no source can have, so that every
 * output commits it with its data and a run that resumes at a position goes on with that position's
 * counts:
 *
 * <ul>
 *   <li>{@code forebay:delivered/PARTITION} and, once there are any, {@code
 *       forebay:deadLettered/PARTITION}: the sequence is how many records were read, the offset how
 *       many of them were delivered or dead-lettered; the others were filtered;
 *   <li>{@code forebay:dropped/SOURCE}: the sequence is how many records the source threw away.
 * </ul>
 *
 * The sequences grow with the position, so that what chooses among the positions of several outputs
 * ({@link Recovery}, {@link OutputLane}) chooses the counts that belong to it.
 *
 * @param read records up to the position
 * @param delivered those that every sink has
 * @param deadLettered those that are in dead letter
 */
record Totals(long read, long delivered, long deadLettered) {
  static final String DELIVERED = "forebay:delivered/";
  static final String DEAD_LETTERED = "forebay:deadLettered/";
  private static final String DROPPED = "forebay:dropped/";

  /** Whether the key is one of these, no partition of a source. */
  static boolean isOne(String key) {
    return key.startsWith(DELIVERED) || key.startsWith(DEAD_LETTERED) || key.startsWith(DROPPED);
  }

  /** Those of the partition; zeros where the frontier knows none. */
  static Totals of(Frontier frontier, String partition) {
    Position delivered = frontier.of(DELIVERED + partition);
    long deadLettered = frontier.of(DEAD_LETTERED + partition).offset();
    return new Totals(delivered.sequence(), delivered.offset(), deadLettered);
  }

  /** All of the frontier. */
  static RecordCounts sum(Frontier frontier) {
    long read = 0;
    long delivered = 0;
    long deadLettered = 0;
    long dropped = 0;
    for (Map.Entry<String, Position> each : frontier.positions().entrySet()) {
      String key = each.getKey();
      Position counts = each.getValue();
      if (key.startsWith(DELIVERED)) {
        read += counts.sequence();
        delivered += counts.offset();
      } else if (key.startsWith(DEAD_LETTERED)) {
        deadLettered += counts.offset();
      } else if (key.startsWith(DROPPED)) {
        dropped += counts.sequence();
      }
    }
    return new RecordCounts(
        read + dropped, delivered, deadLettered, read - delivered - deadLettered, dropped, 0);
  }

  /** More records of the partition. */
  Totals plus(long moreRead, long moreDelivered, long moreDeadLettered) {
    return new Totals(read + moreRead, delivered + moreDelivered, deadLettered + moreDeadLettered);
  }

  /** Puts them into the positions of a frontier. */
  void into(Map<String, Position> positions, String partition) {
    if (read > 0) {
      positions.put(DELIVERED + partition, new Position(read, delivered));
    }
    if (deadLettered > 0) {
      positions.put(DEAD_LETTERED + partition, new Position(read, deadLettered));
    }
  }

  /** How many records the source has thrown away up to the frontier. */
  static long dropped(Frontier frontier, String source) {
    return frontier.of(DROPPED + source).sequence();
  }

  /** Puts how many records the source has thrown away into the positions of a frontier. */
  static void dropped(Map<String, Position> positions, String source, long records) {
    if (records > 0) {
      positions.put(DROPPED + source, new Position(records, 0));
    }
  }

  /**
   * The positions with the counts of those outputs that are as far, but know of more records that a
   * store has refused: such a record is taken for delivered before.
   */
  static Frontier newest(Map<String, Position> positions, List<Frontier> outputs) {
    Map<String, Position> newest = new HashMap<>(positions);
    for (Frontier output : outputs) {
      output
          .positions()
          .forEach((key, position) -> {
            if (key.startsWith(DELIVERED)) {
              String partition = key.substring(DELIVERED.length());
              Position now = newest.get(key);
              if (now != null
                  && now.sequence() == position.sequence()
                  && now.offset() > position.offset()) {
                of(output, partition).into(newest, partition);
              }
            }
          });
    }
    return new Frontier(newest);
  }
}
