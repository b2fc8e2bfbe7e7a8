package io.forebay.formats.internal.bytes;

import io.forebay.Schema;
import io.forebay.columns.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The names of the fields of a schema, as they stand in JSON. */
public final class Names {
  private final String[] names;
  private final byte[][] utf8;

  /** {@code "name":} in words of eight bytes; empty where the name needs escapes. */
  private final long[][] words;

  /** Which bytes of the last word count. */
  private final long[] lastMask;

  private final int[] lengths;

  /** Index of a field + 1, by hash; 0 is free. */
  private final int[] table;

  public Names(Schema schema) {
    int size = schema.size();
    names = schema.fields().stream().map(Field::name).toArray(String[]::new);
    utf8 = new byte[size][];
    words = new long[size][];
    lastMask = new long[size];
    lengths = new int[size];
    table = new int[Math.max(4, Integer.highestOneBit(size + 1) * 4)];
    for (int i = 0; i < size; i++) {
      utf8[i] = names[i].getBytes(StandardCharsets.UTF_8);
      byte[] member = ('"' + names[i] + "\":").getBytes(StandardCharsets.UTF_8);
      lengths[i] = member.length;
      int count = needsEscape(names[i]) ? 0 : (member.length + 7) / 8;
      byte[] padded = Arrays.copyOf(member, 8 * count + 8);
      words[i] = new long[count];
      for (int w = 0; w < count; w++) {
        words[i][w] = Words.get(padded, 8 * w);
      }
      lastMask[i] = -1L >>> ((8 * count - member.length) * 8);
      int slot = NameSet.hash(utf8[i], 0, utf8[i].length) & (table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = i + 1;
    }
  }

  private static boolean needsEscape(String name) {
    return name.chars().anyMatch(c -> c < ' ' || c == '"' || c == '\\');
  }

  public String of(int field) {
    return names[field];
  }

  /** The index behind {@code "name":} if that is what stands at {@code at}, otherwise -1. */
  public int match(byte[] bytes, int at, int field) {
    long[] expected = words[field];
    int last = expected.length - 1;
    if (last < 0) {
      return -1;
    }
    int p = at;
    for (int i = 0; i < last; i++, p += 8) {
      if (p + 8 > bytes.length || Words.get(bytes, p) != expected[i]) {
        return -1;
      }
    }
    if (p + 8 > bytes.length || ((Words.get(bytes, p) ^ expected[last]) & lastMask[field]) != 0) {
      return -1;
    }
    return at + lengths[field];
  }

  /** The field of that name, or -1. */
  public int find(byte[] name, int from, int length) {
    int slot = NameSet.hash(name, from, length) & (table.length - 1);
    while (table[slot] != 0) {
      byte[] candidate = utf8[table[slot] - 1];
      if (candidate.length == length
          && Arrays.equals(candidate, 0, length, name, from, from + length)) {
        return table[slot] - 1;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return -1;
  }
}
