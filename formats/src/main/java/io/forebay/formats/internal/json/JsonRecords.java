package io.forebay.formats.internal.json;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.bytes.Names;
import io.forebay.formats.internal.numbers.Decimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * Reads a line of JSON straight into a {@link RecordWriter}. Members usually come in the order of
 * the line before, so the name that is due is compared first, eight bytes at a time; only where it
 * is another one is it scanned and looked up.
 */
public final class JsonRecords {
  private static final int UNDECLARED = -1;
  private static final int PREDICTED_MEMBERS = 256;

  private final ColumnType[] types;
  private final Names names;
  private final JsonValues values;
  private final JsonScanner scanner;
  private final Decimal number = new Decimal();
  private final Set<String> dropped;

  /** For each place among the members the field that was there last. */
  private final int[] predicted = new int[PREDICTED_MEMBERS];

  /** One bit for each field that the line has given a value; and those it has to. */
  private final long[] seen;

  private final long[] required;

  private byte[] extras = new byte[256];
  private int extrasLength;
  private int rootObject;

  /**
   * @param dropped names of undeclared members that are left out
   */
  public JsonRecords(Schema schema, FormatLimits limits, Set<String> dropped) {
    this.dropped = dropped;
    types = schema.fields().stream().map(Field::type).toArray(ColumnType[]::new);
    names = new Names(schema);
    scanner = new JsonScanner(limits);
    values = new JsonValues(schema, scanner, number);
    seen = new long[(types.length >>> 6) + 1];
    required = new long[seen.length];
    Arrays.fill(predicted, UNDECLARED);
    for (int i = 0; i < types.length; i++) {
      if (i < PREDICTED_MEMBERS) {
        predicted[i] = i;
      }
      if (!schema.field(i).nullable()) {
        required[i >>> 6] |= 1L << i;
      }
    }
  }

  /**
   * Reads the line at {@code from}, which ends with a newline.
   *
   * @return the index of the newline
   * @throws BadRecord if it is not a record; some columns of {@code out} may be set
   */
  public int read(byte[] bytes, int from, RecordWriter out) throws BadRecord {
    int p = begin(bytes, from, out);
    if (bytes[p] != '\n') {
      p = JsonScanner.space(bytes, p);
      JsonScanner.expect(bytes, p, '\n', "the end of the line");
    }
    finish(out);
    return p;
  }

  /**
   * Reads the object at {@code from}, within a line that ends with a newline.
   *
   * @return the index behind its brace
   * @throws BadRecord if it is not a record; some columns of {@code out} may be set
   */
  public int object(byte[] bytes, int from, RecordWriter out) throws BadRecord {
    int p = begin(bytes, from, out);
    finish(out);
    return p;
  }

  private int begin(byte[] bytes, int from, RecordWriter out) throws BadRecord {
    scanner.reset();
    extrasLength = 0;
    rootObject = 0;
    Arrays.fill(seen, 0);
    int p = JsonScanner.space(bytes, from);
    JsonScanner.expect(bytes, p, '{', "an object");
    p = JsonScanner.space(bytes, p + 1);
    return bytes[p] == '}' ? p + 1 : members(bytes, p, out);
  }

  /** Refuses a record without a value that it needs; sets the extras. */
  private void finish(RecordWriter out) throws BadRecord {
    for (int i = 0; i < seen.length; i++) {
      if ((required[i] & ~seen[i]) != 0) {
        int field = (i << 6) + Long.numberOfTrailingZeros(required[i] & ~seen[i]);
        throw new BadRecord(-1, names.of(field) + ": missing, and the field is not nullable");
      }
    }
    if (extrasLength > 0) {
      out.setExtras(extras, 0, extrasLength);
    }
  }

  private int members(byte[] bytes, int from, RecordWriter out) throws BadRecord {
    int p = from;
    for (int place = 0; ; place++) {
      int field = place < PREDICTED_MEMBERS ? predicted[place] : UNDECLARED;
      int value = field == UNDECLARED ? -1 : names.match(bytes, p, field);
      if (value < 0) {
        int start = p;
        value = name(bytes, p);
        field = names.find(scanner.text(), scanner.textFrom(), scanner.textLength());
        if (place < PREDICTED_MEMBERS) {
          predicted[place] = field;
        }
        if (field == UNDECLARED) {
          p = undeclared(bytes, start, value);
        }
      }
      if (field != UNDECLARED) {
        scanner.member(p);
        long bit = 1L << field;
        if ((seen[field >>> 6] & bit) != 0) {
          throw new BadRecord(p, "the name \"" + names.of(field) + "\" appears twice");
        }
        seen[field >>> 6] |= bit;
        if (bytes[value] <= ' ') {
          value = JsonScanner.space(bytes, value);
        }
        p = values.read(types[field], field, bytes, value, out);
      }
      if (bytes[p] <= ' ') {
        p = JsonScanner.space(bytes, p);
      }
      if (bytes[p] == '}') {
        return p + 1;
      }
      JsonScanner.expect(bytes, p, ',', "',' or '}'");
      p++;
      if (bytes[p] <= ' ') {
        p = JsonScanner.space(bytes, p);
      }
    }
  }

  /** Reads a name and the colon; returns the index behind it. */
  private int name(byte[] bytes, int at) throws BadRecord {
    JsonScanner.expect(bytes, at, '"', "a name in quotes");
    int p = scanner.string(bytes, at);
    scanner.unescape(bytes);
    p = JsonScanner.space(bytes, p);
    JsonScanner.expect(bytes, p, ':', "':'");
    return p + 1;
  }

  /** Checks an undeclared member and keeps it as it is written; returns the index behind it. */
  private int undeclared(byte[] bytes, int start, int colon) throws BadRecord {
    scanner.member(start);
    if (rootObject == 0) {
      rootObject = scanner.newObject();
    }
    scanner.name(rootObject, start);
    boolean keep =
        dropped.isEmpty()
            || !dropped.contains(new String(scanner.copyText(), StandardCharsets.UTF_8));
    int end = scanner.skip(bytes, JsonScanner.space(bytes, colon), 1, number);
    if (keep) {
      int room = extrasLength + 1 + end - start;
      if (room > extras.length) {
        extras = Arrays.copyOf(extras, Math.max(room, 2 * extras.length));
      }
      if (extrasLength > 0) {
        extras[extrasLength++] = ',';
      }
      System.arraycopy(bytes, start, extras, extrasLength, end - start);
      extrasLength += end - start;
    }
    return end;
  }
}
