package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.BoolColumn;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.columns.Float64Column;
import io.forebay.columns.Int32Column;
import io.forebay.columns.Int64Column;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/**
 * Keeps a share of the records, always the same ones: a record is kept where {@code h(key) <
 * share}, with a hash {@code h} from 0 to 1 of the values of its key columns and the seed. So all
 * records of a key are kept or left out together, on every worker and in every run, and what a
 * smaller share keeps, a larger one keeps too.
 *
 * <p>{@code h} is the <a href="http://www.isthe.com/chongo/tech/comp/fnv/">FNV-1a</a> hash of 64
 * bits over the bytes of the key, begun with the offset basis xor the seed, then mixed as <a
 * href="https://prng.di.unimi.it/splitmix64.c">SplitMix64</a> does, its upper 53 bits divided by
 * 2<sup>53</sup>. The bytes of a column are: of a text its UTF-8, of a bool one byte 0 or 1, of
 * integers and timestamps 8 bytes, of floats the 8 bytes of the float64 (every NaN one and the
 * same, -0 as 0), least significant byte first; then the byte 255. Null is the byte 254 instead.
 */
public final class SampleByKey implements BatchFunction {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final int END = 0xff;
  private static final int NULL = 0xfe;

  private static final Parameter<Double> SHARE =
      Parameter.number("share", "The share of the keys that is kept.", Range.of(0, 1));
  private static final Parameter<String> KEY =
      Parameter.text(
          "key", "The columns whose values decide, with commas between them: sensorId, timestamp.");
  private static final Parameter<Long> SEED =
      Parameter.whole("seed", "Another seed keeps others.", Long.MIN_VALUE, Long.MAX_VALUE)
          .byDefault("0");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Keeps a share of the records, always the same ones, by a hash of their key.",
              SHARE,
              KEY,
              SEED)
          .formula("kept where h(key, seed) < share, with h from 0 to 1")
          .reads("key: any but binary and lists")
          .adds("nothing; leaves records out")
          .example(
              "{ name: sample, cpu: io.forebay.functions.SampleByKey, parameters: { share: 0.1,"
                  + " key: sensorId } }");

  private final double share;
  private final List<String> key;
  private final long seed;

  /** Reads the parameters. */
  public SampleByKey(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(SampleByKey.class, parameters);
    this.share = values.get(SHARE);
    this.key = List.of(values.get(KEY).split("\\s*,\\s*", -1));
    this.seed = values.get(SEED);
  }

  @Override
  public Schema outputs(Schema input) {
    for (String name : key) {
      Field field = InputColumns.find(input, "key", name);
      if (field.type() == ColumnType.BINARY || field.type() == ColumnType.FLOAT64_LIST) {
        throw new ConfigurationException(
            "the column '%s' is %s, which is no key: name columns of texts, numbers or times"
                .formatted(name, field.type()));
      }
    }
    return Schema.of();
  }

  @Override
  public RowShape rowShape() {
    return RowShape.FEWER;
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Column[] columns = key.stream().map(in::column).toArray(Column[]::new);
    for (int row = 0; row < in.rows(); row++) {
      long hash = FNV_OFFSET ^ seed;
      for (Column column : columns) {
        hash = hash(hash, column, row);
      }
      if (!(unit(hash) < share)) {
        out.filter(row);
      }
    }
  }

  private static long hash(long hash, Column column, int row) {
    if (column.isNull(row)) {
      return step(hash, NULL);
    }
    long end =
        switch (column) {
          case StringColumn texts -> text(hash, texts.utf8(row));
          case BoolColumn bools -> step(hash, bools.get(row) ? 1 : 0);
          case Int32Column ints -> number(hash, ints.get(row));
          case Int64Column longs -> number(hash, longs.get(row));
          case Float32Column floats -> number(hash, bits(floats.get(row)));
          case Float64Column doubles -> number(hash, bits(doubles.get(row)));
          default -> throw new IllegalStateException(column.field().toString());
        };
    return step(end, END);
  }

  private static long text(long hash, MemorySegment utf8) {
    long h = hash;
    for (long i = 0; i < utf8.byteSize(); i++) {
      h = step(h, utf8.get(ValueLayout.JAVA_BYTE, i) & 0xff);
    }
    return h;
  }

  private static long number(long hash, long value) {
    long h = hash;
    for (int shift = 0; shift < 64; shift += 8) {
      h = step(h, (int) (value >>> shift) & 0xff);
    }
    return h;
  }

  private static long bits(double value) {
    return Double.doubleToLongBits(value + 0.0);
  }

  private static long step(long hash, int octet) {
    return (hash ^ octet) * FNV_PRIME;
  }

  /** The hash, mixed, as a number from 0 to 1. */
  private static double unit(long hash) {
    long z = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1p-53;
  }
}
