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
    if (offsets[entry + 1] - start != length) {
      return false;
    }
    if (length >= 8 && length <= 16) {
      // Ids are mostly this long: two words, which may overlap, cover them.
      return word(bytes, start) == word(value, from)
          && word(bytes, start + length - 8) == word(value, from + length - 8);
    }
    return Arrays.equals(bytes, start, start + length, value, from, from + length);
  }

  private static long hash(byte[] value, int from, int length) {
    long hash = length * MIX;
    int end = from + length;
    if (length >= 8) {
      for (int at = from; at < end - 8; at += 8) {
        hash = mix(hash ^ word(value, at));
      }
      return mix(hash ^ word(value, end - 8));
    }
    if (length >= 4) {
      long first = (int) INT.get(value, from);
      return mix(hash ^ (first << 32 ^ (int) INT.get(value, end - 4)));
    }
    for (int at = from; at < end; at++) {
      hash = hash << 8 ^ value[at];
    }
    return mix(hash);
  }

  private static long word(byte[] value, int at) {
    return (long) LONG.get(value, at);
  }

  /** Both halves of the product, so that every bit moves every other. */
  private static long mix(long bits) {
    return Math.unsignedMultiplyHigh(bits, MIX) ^ bits * MIX;
  }
}
