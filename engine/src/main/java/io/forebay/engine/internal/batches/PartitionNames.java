package io.forebay.engine.internal.batches;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;

/**
 * The keys of the partitions, in the order in which they were opened, and the partitions behind
 * them. Grows while others read: one thread at a time adds (under the intake's lock), any thread
 * reads.
 */
public final class PartitionNames extends AbstractList<String> {
  /** By hash, one more than the index of a partition; 0: none. Of the thread that adds. */
  private int[] table = new int[64];

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record State(Partition[] partitions, int size) {}

  private volatile State state = new State(new Partition[16], 0);

  public void append(Partition partition) {
    State now = state;
    Partition[] partitions = now.partitions;
    if (now.size == partitions.length) {
      partitions = Arrays.copyOf(partitions, 2 * now.size);
    }
    partitions[now.size] = partition;
    state = new State(partitions, now.size + 1);
    if (3 * (now.size + 1L) > 2L * table.length) {
      table = new int[2 * table.length];
      for (int i = 0; i < now.size; i++) {
        table[place(partitions[i].key)] = i + 1;
      }
    }
    table[place(partition.key)] = now.size + 1;
  }

  /** Whether there is a partition of that key; to be asked by the thread that adds. */
  public boolean hasKey(String key) {
    return table[place(key)] != 0;
  }

  /** Where the key is in the table, or would be. */
  private int place(String key) {
    Partition[] partitions = state.partitions;
    int mask = table.length - 1;
    int hash = key.hashCode() * 0x9E3779B9;
    int at = (hash ^ (hash >>> 15)) & mask;
    while (table[at] != 0 && !partitions[table[at] - 1].key.equals(key)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  public Partition partition(int index) {
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
