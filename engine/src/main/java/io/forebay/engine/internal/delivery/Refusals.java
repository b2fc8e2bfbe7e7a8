package io.forebay.engine.internal.delivery;

import io.forebay.LateRefusal;
import io.forebay.Refusal;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.batches.PartitionNames;
import io.forebay.engine.internal.batches.Rejected;
import io.forebay.engine.internal.batches.Tally;
import io.forebay.engine.internal.sinks.SinkBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows that stores have refused since the last commit, on their way to dead letter: for each
 * sink one letter a record, however often it refuses it, and none where the record has one already
 * for all sinks. A record counts once, whoever refuses it, if that is not too long ago. Bounded:
 * {@link #isDue} asks for a commit. Used by the sink runner.
 */
final class Refusals {
  private static final int MANY = 1_000;

  /** Records that are remembered, so that they count once; some megabytes. */
  private static final int MOST_COUNTED = 65_536;

  private record Refused(Tally.Key row, String sink) {}

  /** A record, whatever run has read it. */
  private record Counted(String partition, long sequence) {}

  /**
   * What is to be written.
   *
   * @param records how many records of this run were taken for delivered until now
   * @param ofEarlier and how many of earlier runs
   * @param direct those that were not committed before
   */
  record Taken(List<Rejected> rejections, int records, int ofEarlier, List<Tally.Key> direct) {}

  private final boolean multiplied;
  private final PartitionNames partitions;
  private final Map<Refused, Refusal> waiting = new LinkedHashMap<>();

  private final List<Rejected> late = new ArrayList<>();

  /** The records of {@code waiting} and {@code late} that count, and those before them. */
  private final LinkedHashSet<Counted> counted = new LinkedHashSet<>();

  private final List<Tally.Key> countedDirect = new ArrayList<>();
  private int records;
  private int ofEarlier;

  /** What is in dead letter already, of the records since the last commit. */
  private final Set<Refused> written = new HashSet<>();

  /** What a function has rejected of them. */
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
      waiting.putIfAbsent(
          new Refused(new Tally.Key(each.partition(), each.sequence()), sink), each);
    }
  }

  /** Takes in what a sink's store has refused of what was committed before. */
  void addLate(String sink, List<LateRefusal> refused) {
    for (LateRefusal each : refused) {
      String key = each.partition();
      late.add(
          Rejected.late(
              new Rejection(
                  Partition.sourceOf(key),
                  Partition.nameOf(key),
                  each.sequence(),
                  sink,
                  sink,
                  each.reason(),
                  each.detail(),
                  each.content())));
      if (!key.equals(Partition.WINDOWS) && remember(key, each.sequence())) {
        records += each.ofThisRun() ? 1 : 0;
        ofEarlier += each.ofThisRun() ? 0 : 1;
      }
    }
  }

  private boolean remember(String partition, long sequence) {
    boolean isNew = counted.add(new Counted(partition, sequence));
    if (counted.size() > MOST_COUNTED) {
      counted.removeFirst();
    }
    return isNew;
  }

  /** Takes in that these records of a batch are in dead letter. */
  void rejected(List<Rejected> rejected) {
    if (multiplied) { // Otherwise no row of theirs comes to a sink.
      for (Tally.Key key : Tally.keys(rejected)) {
        dead.add(key);
        remember(partitions.get(key.partition()), key.sequence());
      }
    }
  }

  boolean isDue() {
    return waiting.size() + late.size() >= MANY;
  }

  /**
   * The letters that are to be written now.
   *
   * @param batches the rows since the last commit
   */
  Taken take(List<SinkBatch> batches) {
    waiting.keySet().removeIf(each -> dead.contains(each.row) || written.contains(each));
    List<Rejected> rejections = new ArrayList<>(late);
    late.clear();
    if (!waiting.isEmpty()) {
      addWaiting(batches, rejections);
    }
    Taken taken = new Taken(rejections, records, ofEarlier, List.copyOf(countedDirect));
    records = 0;
    ofEarlier = 0;
    countedDirect.clear();
    return taken;
  }

  private void addWaiting(List<SinkBatch> batches, List<Rejected> rejections) {
    Map<Tally.Key, Rejection.Content> rows = rows(batches);
    waiting.forEach((refused, refusal) -> {
      Tally.Key key = refused.row;
      Partition partition = partitions.partition(key.partition());
      if (!partition.isDerived() && remember(partition.key, key.sequence())) {
        records++;
        countedDirect.add(key);
      }
      rejections.add(
          new Rejected(
              key.partition(),
              key.sequence(),
              new Rejection(
                  partition.sourceName,
                  partition.name(),
                  key.sequence(),
                  refused.sink,
                  refused.sink,
                  refusal.reason(),
                  refusal.detail(),
                  rows.getOrDefault(key, Rejection.Text.of(refusal.detail())))));
    });
    written.addAll(waiting.keySet());
    waiting.clear();
  }

  /** Of each refused record its first row. */
  private Map<Tally.Key, Rejection.Content> rows(List<SinkBatch> batches) {
    Set<Tally.Key> wanted = new HashSet<>();
    waiting.keySet().forEach(refused -> wanted.add(refused.row));
    Map<Tally.Key, Rejection.Content> found = new HashMap<>();
    for (SinkBatch each : batches) {
      for (int row = 0; row < each.rows(); row++) {
        Tally.Key key = new Tally.Key(each.partition(row), each.sequence(row));
        if (wanted.contains(key)) {
          found.putIfAbsent(key, new Rejection.Row(each, row));
        }
      }
    }
    return found;
  }

  /** Everything is committed everywhere. */
  void committed() {
    dead.clear();
    written.clear();
  }
}
