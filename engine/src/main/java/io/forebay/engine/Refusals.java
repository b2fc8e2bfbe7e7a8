package io.forebay.engine;

import io.forebay.Batch;
import io.forebay.Refusal;
import io.forebay.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows that stores have refused since the last commit, on their way to dead letter: one letter
 * a record, whoever refuses it and however often. Bounded: {@link #isDue} asks for a commit. Used
 * by the sink runner.
 */
final class Refusals {
  private static final int MANY = 1_000;

  private record Refused(String sink, Refusal refusal) {}

  private final boolean multiplied;
  private final PartitionNames partitions;
  private final Map<Tally.Key, Refused> waiting = new LinkedHashMap<>();

  /** What is in dead letter already, of the records since the last commit. */
  private final Set<Tally.Key> dead = new HashSet<>();

  /**
   * @param multiplied whether a stage makes any number of rows of one
   */
  Refusals(boolean multiplied, PartitionNames partitions) {
    this.multiplied = multiplied;
    this.partitions = partitions;
  }

  /** Takes in what a sink's store has refused. */
  void add(String sink, List<Refusal> refused) {
    for (Refusal each : refused) {
      Tally.Key key = new Tally.Key(each.partition(), each.sequence());
      if (!dead.contains(key)) {
        waiting.putIfAbsent(key, new Refused(sink, each));
      }
    }
  }

  /** Takes in that these records of a batch are in dead letter. */
  void rejected(List<Rejected> rejected) {
    if (multiplied) { // Otherwise no row of theirs comes to a sink.
      dead.addAll(Tally.keys(rejected));
    }
  }

  boolean isDue() {
    return waiting.size() >= MANY;
  }

  /**
   * The letters that are to be written now.
   *
   * @param handed the rows since the last commit
   */
  List<Rejected> take(List<SinkLane.Handed> handed) {
    waiting.keySet().removeAll(dead);
    if (waiting.isEmpty()) {
      return List.of();
    }
    Map<Tally.Key, Rejection.Content> rows = rows(handed);
    List<Rejected> letters = new ArrayList<>(waiting.size());
    waiting.forEach((key, refused) -> {
      Partition partition = partitions.partition(key.partition());
      Refusal refusal = refused.refusal;
      letters.add(
          new Rejected(
              key.partition(),
              key.sequence(),
              new Rejection(
                  partition.sourceName,
                  partition.name,
                  key.sequence(),
                  refused.sink,
                  refusal.reason(),
                  refusal.detail(),
                  rows.getOrDefault(key, Rejection.Text.of(refusal.detail())))));
    });
    dead.addAll(waiting.keySet());
    waiting.clear();
    return letters;
  }

  /** Of each refused record its first row. */
  private Map<Tally.Key, Rejection.Content> rows(List<SinkLane.Handed> handed) {
    Map<Tally.Key, Rejection.Content> found = new LinkedHashMap<>();
    for (SinkLane.Handed each : handed) {
      Batch batch = each.rows;
      for (int row = 0; row < batch.rows(); row++) {
        Tally.Key key = new Tally.Key(batch.partition(row), batch.sequence(row));
        if (waiting.containsKey(key)) {
          found.putIfAbsent(key, new Rejection.Row(batch, row));
        }
      }
    }
    return found;
  }

  /** Everything is committed everywhere. */
  void committed() {
    dead.clear();
  }
}
