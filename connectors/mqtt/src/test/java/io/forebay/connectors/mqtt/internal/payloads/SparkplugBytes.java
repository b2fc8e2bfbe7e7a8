package io.forebay.connectors.mqtt.internal.payloads;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes Sparkplug B payloads, field by field, for tests. */
final class SparkplugBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static SparkplugBytes payload(long timestamp, int seq) {
    return new SparkplugBytes().varint(1, timestamp).varint(3, seq);
  }

  static SparkplugBytes metric() {
    return new SparkplugBytes();
  }

  SparkplugBytes varint(int field, long value) {
    raw((long) field << 3);
    raw(value);
    return this;
  }

  SparkplugBytes float64(int field, double value) {
    raw((long) field << 3 | 1);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    return this;
  }

  SparkplugBytes float32(int field, float value) {
    raw((long) field << 3 | 5);
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  SparkplugBytes text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  SparkplugBytes bytes(int field, byte[] value) {
    raw((long) field << 3 | 2);
    raw(value.length);
    out.writeBytes(value);
    return this;
  }

  SparkplugBytes with(SparkplugBytes metric) {
    return bytes(2, metric.bytes());
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private void raw(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) (left | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
