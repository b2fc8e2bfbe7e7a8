package io.forebay.slots;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The distinct values of one string column of one batch: finds the entry of a value, or adds it.
 * Open addressing on the heap; {@link #clear} costs nothing because every place of the table is
 * stamped with the generation that wrote it. Used by one thread at a time.
 */
final class Dictionary {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int FIRST_TABLE = 64;

  /** Generation in the upper half, entry in the lower. */
  private long[] table = new long[FIRST_TABLE];

  private int generation = 1;
  private int size;
  private long[] hashes = new long[FIRST_TABLE / 2];
  private int[] offsets = new int[FIRST_TABLE / 2 + 1];
  private byte[] bytes = new byte[512];

  /** Of the value that {@link #find} looked for last. */
  private long hash;

  private int place;

  /** Forgets all entries. */
  void clear() {
    size = 0;
    generation++;
    if (generation == 0) {
      Arrays.fill(table, 0);
      generation = 1;
    }
  }

  int size() {
    return size;
  }

  /** {@code size + 1} offsets (and more of no meaning): where the entries lie one after another. */
  int[] offsets() {
    return offsets;
  }

  /** The entry that equals the value, or -1; {@link #add} may follow then. */
  int find(byte[] value, int from, int length) {
    hash = hash(value, from, length);
    int mask = table.length - 1;
    int at = (int) (hash >>> 32) & mask;
    while (true) {
      long stamped = table[at];
      if ((int) (stamped >>> 32) != generation) {
        place = at;
        return -1;
      }
      int entry = (int) stamped;
      if (hashes[entry] == hash && equal(entry, value, from, length)) {
        return entry;
      }
      at = (at + 1) & mask;
    }
  }

  /** Adds the value that {@link #find} has just looked for in vain; returns its entry. */
  int add(byte[] value, int from, int length) {
    int entry = size;
    if (entry == hashes.length) {
      grow();
    }
    table[place] = ((long) generation << 32) | entry;
    hashes[entry] = hash;
    int start = offsets[entry];
    if (bytes.length - start < length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, start + length));
    }
    System.arraycopy(value, from, bytes, start, length);
    offsets[entry + 1] = start + length;
    size++;
    return entry;
  }

  private void grow() {
    hashes = Arrays.copyOf(hashes, 2 * hashes.length);
    offsets = Arrays.copyOf(offsets, hashes.length + 1);
    table = new long[4 * size];
    int mask = table.length - 1;
    for (int entry = 0; entry < size; entry++) {
      table[free(hashes[entry], mask)] = ((long) generation << 32) | entry;
    }
    place = free(hash, mask);
  }

  private int free(long ofHash, int mask) {
    int at = (int) (ofHash >>> 32) & mask;
    while ((int) (table[at] >>> 32) == generation) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private boolean equal(int entry, byte[] value, int from, int length) {
    int start = offsets[entry];
    return offsets[entry + 1] - start == length
        && Arrays.equals(bytes, start, start + length, value, from, from + length);
  }

  private static long hash(byte[] value, int from, int length) {
    long hash = length * MIX;
    int at = from;
    int end = from + length;
    for (; at + 8 <= end; at += 8) {
      hash = mix(hash ^ (long) LONG.get(value, at));
    }
    if (at + 4 <= end) {
      hash = mix(hash ^ (int) INT.get(value, at));
      at += 4;
    }
    for (; at < end; at++) {
      hash = mix(hash ^ value[at]);
    }
    return hash;
  }

  private static long mix(long bits) {
    long product = bits * MIX;
    return product ^ (product >>> 32);
  }
}
