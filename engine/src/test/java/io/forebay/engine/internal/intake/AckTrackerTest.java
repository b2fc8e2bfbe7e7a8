package io.forebay.engine.internal.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.RecordCounts;
import io.forebay.Rejection;
import io.forebay.engine.internal.batches.InFlightBatch;
import io.forebay.engine.internal.batches.Partition;
import io.forebay.engine.internal.measure.ArrivalTimes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckTrackerTest {
  private final AckTracker acks = new AckTracker(Frontier.START, false);

  private Partition partition(int index, Position from) {
    return new Partition(index, 0, "s", "s/p" + index, from);
  }

  /** A batch with the next {@code count} records of the partition. */
  private static InFlightBatch batch(long sequence, Partition partition, int count) {
    InFlightBatch batch = new InFlightBatch(null, sequence, new ArrivalTimes(() -> 0));
    add(batch, partition, count);
    return finished(batch);
  }

  /** Nothing is left of it: all of its records were filtered. */
  private static InFlightBatch finished(InFlightBatch batch) {
    batch.tally.finish(false);
    return batch;
  }

  private static void add(InFlightBatch batch, Partition partition, int count) {
    for (int i = 0; i < count; i++) {
      long next = partition.lastSequence + 1;
      batch.taken(partition, next, 10 * next);
      partition.lastSequence = next;
    }
  }

  @Test
  void acknowledges_only_the_gapless_part_when_batches_come_out_of_order() {
    Partition partition = partition(0, Position.START);
    InFlightBatch first = batch(0, partition, 3);
    InFlightBatch second = batch(1, partition, 2);
    InFlightBatch third = batch(2, partition, 4);

    acks.written(third);
    acks.written(second);
    assertThat(acks.frontier(Map.of())).isEqualTo(Frontier.START);
    assertThat(acks.committed()).isEmpty();

    acks.written(first);
    assertThat(acks.frontier(Map.of()).positions()).isEqualTo(Map.of("s/p0", new Position(9, 90)));
    assertThat(acks.committed())
        .containsExactly(new AckTracker.Acknowledged(partition, new Position(9, 90), 9));
    assertThat(acks.committed()).isEmpty();
  }

  @Test
  void keeps_what_it_resumed_from_when_a_partition_is_not_opened() {
    AckTracker resumed =
        new AckTracker(
            new Frontier(Map.of("s/p0", new Position(5, 50), "x", new Position(7, 7))), false);
    Partition partition = partition(0, new Position(5, 50));

    resumed.written(batch(0, partition, 1));

    assertThat(resumed.frontier(Map.of()).positions())
        .isEqualTo(Map.of("s/p0", new Position(6, 60), "x", new Position(7, 7)));
  }

  @Test
  void counts_only_up_to_the_frontier_when_batches_come_out_of_order() {
    Frontier start =
        new Frontier(
            Map.of("s/p0", new Position(5, 50), "forebay:delivered/s/p0", new Position(5, 4)));
    AckTracker resumed = new AckTracker(start, true);
    Partition partition = partition(0, new Position(5, 50));
    InFlightBatch first = batch(0, partition, 3);
    InFlightBatch second = new InFlightBatch(null, 1, new ArrivalTimes(() -> 0));
    add(second, partition, 2);
    second.reject(partition, 9, new Rejection("s", "p0", 9, "s", "bad", "", Rejection.Text.NONE));
    finished(second);

    resumed.written(second);
    assertThat(resumed.frontier(Map.of()).countsOf("s/p0")).isEqualTo(new Frontier.Counts(5, 4, 0));

    resumed.written(first);
    assertThat(resumed.frontier(Map.of()).countsOf("s/p0"))
        .isEqualTo(new Frontier.Counts(10, 4, 1));
    assertThat(resumed.frontier(Map.of()).total()).isEqualTo(new RecordCounts(10, 4, 1, 5, 0, 0));

    resumed.refused(partition, 7);
    assertThat(resumed.frontier(Map.of()).countsOf("s/p0"))
        .isEqualTo(new Frontier.Counts(10, 3, 2));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void acknowledges_each_record_once_and_in_order_when_batches_are_shuffled(long seed) {
    Random random = new Random(seed);
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      partitions.add(partition(i, Position.START));
    }
    List<InFlightBatch> batches = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      InFlightBatch batch = new InFlightBatch(null, i, new ArrivalTimes(() -> 0));
      for (int p = 0; p < 5; p++) {
        add(batch, partitions.get(p), random.nextInt(4));
      }
      batches.add(finished(batch));
    }
    Collections.shuffle(batches, random);

    long[] acknowledged = new long[5];
    long[] written = new long[5];
    for (InFlightBatch batch : batches) {
      acks.written(batch);
      for (int span = 0; span < batch.spans(); span++) {
        written[batch.partition(span).index] += batch.count(span);
      }
      if (random.nextInt(3) == 0) {
        acks.frontier(Map.of());
        for (AckTracker.Acknowledged each : acks.committed()) {
          int p = each.partition().index;
          acknowledged[p] += each.records();
          assertThat(acknowledged[p]).isEqualTo(each.position().sequence());
          assertThat(acknowledged[p]).isLessThanOrEqualTo(written[p]);
        }
      }
    }
    acks.frontier(Map.of());
    acks.committed().forEach(each -> acknowledged[each.partition().index] += each.records());

    for (int p = 0; p < 5; p++) {
      assertThat(acknowledged[p]).isEqualTo(partitions.get(p).lastSequence);
    }
  }
}
