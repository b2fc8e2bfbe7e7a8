package io.forebay.connectors.mqtt.internal.payloads;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A Sparkplug B payload, read from its Protocol Buffers encoding. Fields that it does not know are
 * skipped, as the encoding wants it.
 *
 * @param seq 0 to 255
 * @see <a href="https://sparkplug.eclipse.org/specification/">Sparkplug 3.0, 6.4 Payload
 *     definition</a>
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers, Encoding</a>
 */
record SparkplugPayload(OptionalLong timestamp, OptionalLong seq, List<SparkplugMetric> metrics) {
  /** More metrics than this are refused. */
  static final int MOST_METRICS = 100_000;

  /** The bytes are no Sparkplug B payload. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  private static final SparkplugMetric.Value NULL = new SparkplugMetric.Null();

  /**
   * Reads a payload.
   *
   * @throws MalformedException saying what is wrong, if it is none
   */
  static SparkplugPayload read(byte[] bytes, int from, int length) throws MalformedException {
    Protobuf in = new Protobuf(bytes, from, from + length);
    OptionalLong timestamp = OptionalLong.empty();
    OptionalLong seq = OptionalLong.empty();
    List<SparkplugMetric> metrics = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> timestamp = OptionalLong.of(in.varint());
        case 2 -> {
          if (metrics.size() == MOST_METRICS) {
            throw new MalformedException("it has more than " + MOST_METRICS + " metrics");
          }
          metrics.add(metric(in.message()));
        }
        case 3 -> seq = OptionalLong.of(in.varint());
        default -> in.skip();
      }
    }
    return new SparkplugPayload(timestamp, seq, metrics);
  }

  private static SparkplugMetric metric(Protobuf in) throws MalformedException {
    Optional<String> name = Optional.empty();
    OptionalLong alias = OptionalLong.empty();
    OptionalLong timestamp = OptionalLong.empty();
    int datatype = 0;
    boolean isNull = false;
    SparkplugMetric.Value value = NULL;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = Optional.of(in.text());
        case 2 -> alias = OptionalLong.of(in.varint());
        case 3 -> timestamp = OptionalLong.of(in.varint());
        case 4 -> datatype = (int) in.varint();
        case 7 -> isNull = in.varint() != 0;
        case 10 -> value = new SparkplugMetric.Whole(in.varint() & 0xFFFF_FFFFL, false);
        case 11 -> value = new SparkplugMetric.Whole(in.varint(), true);
        case 12 -> value = new SparkplugMetric.Real(in.float32());
        case 13 -> value = new SparkplugMetric.Real(in.float64());
        case 14 -> value = new SparkplugMetric.Truth(in.varint() != 0);
        case 15 -> value = new SparkplugMetric.Text(in.text());
        case 16 -> value = compound("bytes", in);
        case 17 -> value = compound("a data set", in);
        case 18 -> value = compound("a template", in);
        case 19 -> value = compound("an extension", in);
        default -> in.skip();
      }
    }
    return new SparkplugMetric(name, alias, timestamp, datatype, isNull ? NULL : value);
  }

  private static SparkplugMetric.Value compound(String what, Protobuf in)
      throws MalformedException {
    in.message();
    return new SparkplugMetric.Compound(what);
  }

  /** The command that asks a node for its births: {@code Node Control/Rebirth} is true. */
  static byte[] rebirth(long timestamp) {
    byte[] name = "Node Control/Rebirth".getBytes(StandardCharsets.UTF_8);
    ByteBuffer metric = ByteBuffer.allocate(64);
    metric.put((byte) (1 << 3 | 2)).put((byte) name.length).put(name);
    metric.put((byte) (3 << 3));
    putVarint(metric, timestamp);
    metric.put((byte) (4 << 3)).put((byte) SparkplugType.BOOLEAN);
    metric.put((byte) (14 << 3)).put((byte) 1);
    ByteBuffer payload = ByteBuffer.allocate(96);
    payload.put((byte) (1 << 3));
    putVarint(payload, timestamp);
    payload.put((byte) (2 << 3 | 2)).put((byte) metric.position()).put(metric.flip());
    byte[] bytes = new byte[payload.position()];
    payload.flip().get(bytes);
    return bytes;
  }

  private static void putVarint(ByteBuffer out, long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.put((byte) (left | 0x80));
      left >>>= 7;
    }
    out.put((byte) left);
  }

  /** A reader of the Protocol Buffers encoding. Groups are not known: Sparkplug has none. */
  private static final class Protobuf {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int field;
    private int wire;

    Protobuf(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    /** Goes to the next field; its value must be read or skipped before the next call. */
    boolean next() throws MalformedException {
      if (at == end) {
        return false;
      }
      long tag = rawVarint();
      if (tag >>> 3 == 0 || tag >>> 3 > 0x1FFF_FFFF) {
        throw new MalformedException("there is no field with the number " + (tag >>> 3));
      }
      field = (int) (tag >>> 3);
      wire = (int) tag & 7;
      return true;
    }

    int field() {
      return field;
    }

    long varint() throws MalformedException {
      expect(VARINT);
      return rawVarint();
    }

    double float64() throws MalformedException {
      expect(FIXED64);
      return Double.longBitsToDouble(fixed(8).getLong());
    }

    double float32() throws MalformedException {
      expect(FIXED32);
      return Float.intBitsToFloat(fixed(4).getInt());
    }

    Protobuf message() throws MalformedException {
      int length = length();
      at += length;
      return new Protobuf(bytes, at - length, at);
    }

    String text() throws MalformedException {
      int length = length();
      at += length;
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes, at - length, length))
            .toString();
      } catch (CharacterCodingException e) {
        throw new MalformedException("field " + field + " is not UTF-8 text");
      }
    }

    void skip() throws MalformedException {
      switch (wire) {
        case VARINT -> rawVarint();
        case FIXED64 -> fixed(8);
        case LENGTH -> message();
        case FIXED32 -> fixed(4);
        default -> throw new MalformedException("field " + field + " has the unknown type " + wire);
      }
    }

    private int length() throws MalformedException {
      expect(LENGTH);
      long length = rawVarint();
      if (length < 0 || length > end - at) {
        throw cut();
      }
      return (int) length;
    }

    private void expect(int type) throws MalformedException {
      if (wire != type) {
        throw new MalformedException(
            "field " + field + " has the type " + wire + " instead of " + type);
      }
    }

    private ByteBuffer fixed(int width) throws MalformedException {
      if (end - at < width) {
        throw cut();
      }
      at += width;
      return ByteBuffer.wrap(bytes, at - width, width).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long rawVarint() throws MalformedException {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at == end) {
          throw cut();
        }
        byte b = bytes[at++];
        value |= (b & 0x7FL) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new MalformedException("a number has more than ten bytes");
    }

    private static MalformedException cut() {
      return new MalformedException("it ends in the middle of a field");
    }
  }
}
