package io.forebay.engine;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;

/**
 * The keys of the partitions, in the order in which they were opened, and the partitions behind
 * them. Grows while others read: one thread at a time adds (under the intake's lock), any thread
 * reads.
 */
final class PartitionNames extends AbstractList<String> {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record State(Partition[] partitions, int size) {}

  private volatile State state = new State(new Partition[16], 0);

  void append(Partition partition) {
    State now = state;
    Partition[] partitions = now.partitions;
    if (now.size == partitions.length) {
      partitions = Arrays.copyOf(partitions, 2 * now.size);
    }
    partitions[now.size] = partition;
    state = new State(partitions, now.size + 1);
  }

  Partition partition(int index) {
    State now = state;
    return now.partitions[Objects.checkIndex(index, now.size)];
  }

  @Override
  public String get(int index) {
    return partition(index).key;
  }

  @Override
  public int size() {
    return state.size;
  }
}
