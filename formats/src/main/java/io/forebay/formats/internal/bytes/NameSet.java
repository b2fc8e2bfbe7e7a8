package io.forebay.formats.internal.bytes;

import java.util.Arrays;

/**
 * The names of the members of the objects of one line, to find those that appear twice. An open
 * hash table over bytes; the number of members of a line is limited, so that colliding names cost
 * milliseconds at worst.
 */
public final class NameSet {
  private static final int SMALL = 64;

  /** Index of an entry + 1; 0 is free. */
  private int[] table = new int[SMALL];

  private int[] objects = new int[SMALL / 2];
  private int[] hashes = new int[SMALL / 2];

  /** Where the names of the entries end in {@link #bytes}. */
  private int[] ends = new int[SMALL / 2];

  private byte[] bytes = new byte[1024];
  private int size;

  public void clear() {
    if (size == 0) {
      return;
    }
    if (table.length > 16 * SMALL) {
      // One strange line must not make all later ones slow.
      table = new int[SMALL];
      bytes = new byte[1024];
    } else {
      Arrays.fill(table, 0);
    }
    size = 0;
  }

  /** Adds a name of the object; false if it has that name already. */
  public boolean add(int object, byte[] name, int from, int length) {
    int hash = hash(name, from, length) * 31 + object;
    hash ^= hash >>> 15;
    int slot = hash & (table.length - 1);
    while (table[slot] != 0) {
      int entry = table[slot] - 1;
      if (hashes[entry] == hash && objects[entry] == object && equals(entry, name, from, length)) {
        return false;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    put(object, hash, name, from, length);
    table[slot] = size;
    if (2 * size >= table.length) {
      grow();
    }
    return true;
  }

  private boolean equals(int entry, byte[] name, int from, int length) {
    int start = entry == 0 ? 0 : ends[entry - 1];
    return Arrays.equals(bytes, start, ends[entry], name, from, from + length);
  }

  private void put(int object, int hash, byte[] name, int from, int length) {
    if (size == objects.length) {
      objects = Arrays.copyOf(objects, 2 * size);
      hashes = Arrays.copyOf(hashes, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
    }
    int start = size == 0 ? 0 : ends[size - 1];
    if (start + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, start + length));
    }
    System.arraycopy(name, from, bytes, start, length);
    objects[size] = object;
    hashes[size] = hash;
    ends[size] = start + length;
    size++;
  }

  private void grow() {
    table = new int[2 * table.length];
    for (int entry = 0; entry < size; entry++) {
      int slot = hashes[entry] & (table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = entry + 1;
    }
  }

  static int hash(byte[] name, int from, int length) {
    int hash = length;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ name[i]) * 0x01000193;
    }
    return hash ^ (hash >>> 16);
  }
}
