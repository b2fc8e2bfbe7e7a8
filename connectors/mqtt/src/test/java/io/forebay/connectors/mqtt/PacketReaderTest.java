package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PacketReaderTest {
  private static final int LIMIT = 100;
  private static final int FUZZED = Integer.getInteger("forebay.messages", 200_000);

  /** Gives as many bytes at a time as it likes. */
  private static final class Drops extends InputStream {
    private final byte[] bytes;
    private final SplittableRandom random;
    private int at;

    Drops(byte[] bytes, SplittableRandom random) {
      this.bytes = bytes;
      this.random = random;
    }

    @Override
    public int read() {
      return at < bytes.length ? bytes[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] to, int from, int length) {
      if (at == bytes.length) {
        return -1;
      }
      int most = random.nextBoolean() ? 3 : 200_000;
      int count = Math.min(Math.min(length, bytes.length - at), 1 + random.nextInt(most));
      System.arraycopy(bytes, at, to, from, count);
      at += count;
      return count;
    }
  }

  private static byte[] publish(String topic, int qos, int id, int payload) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    body.write(name.length >> 8);
    body.write(name.length);
    body.write(name);
    if (qos > 0) {
      body.write(id >> 8);
      body.write(id);
    }
    body.write(new byte[payload]);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(0x30 | qos << 1 | (qos > 0 ? 8 : 0));
    int left = body.size();
    while (left > 127) {
      packet.write((left & 0x7F) | 0x80);
      left >>= 7;
    }
    packet.write(left);
    packet.write(body.toByteArray());
    return packet.toByteArray();
  }

  @Test
  void cuts_the_same_packets_when_the_bytes_come_in_drops() throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 8; round++) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        boolean tooLong = random.nextInt(5) == 0;
        int payload = tooLong ? 140_000 + random.nextInt(100_000) : random.nextInt(300);
        int qos = random.nextInt(3);
        String topic = "t/" + "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 50_000 : 5));
        byte[] packet = publish(topic, qos, 7 + i, payload);
        stream.write(packet);
        expected.add(
            packet.length > LIMIT + 2 + 65_535 + 2 + (64 << 10) + 4
                ? new PacketReader.TooLong(topic, qos, qos > 0, qos > 0 ? 7 + i : 0, packet.length)
                    .toString()
                : Arrays.hashCode(packet) + "");
      }
      PacketReader frames = new PacketReader(new Drops(stream.toByteArray(), random), LIMIT);
      List<String> actual = new ArrayList<>();
      while (actual.size() < expected.size()) {
        int whole = frames.next();
        if (whole == 0) {
          actual.add(frames.tooLong().toString());
          continue;
        }
        int at = frames.start();
        while (at < frames.start() + whole) {
          int length = length(frames.buffer(), at);
          actual.add(Arrays.hashCode(Arrays.copyOfRange(frames.buffer(), at, at + length)) + "");
          at += length;
        }
        frames.consumed(whole);
      }
      assertThat(actual).as("round %d, seed %d", round, seed).isEqualTo(expected);
      assertThatThrownBy(frames::next).isInstanceOf(EOFException.class);
    }
  }

  private static int length(byte[] bytes, int at) {
    int remaining = 0;
    for (int i = 1; ; i++) {
      remaining |= (bytes[at + i] & 0x7F) << (7 * (i - 1));
      if (bytes[at + i] >= 0) {
        return i + 1 + remaining;
      }
    }
  }

  @Test
  void ends_with_an_exception_of_io_when_the_bytes_are_random() {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[64];
    for (int i = 0; i < FUZZED; i++) {
      random.nextBytes(bytes);
      bytes[1] = (byte) (bytes[1] & (random.nextBoolean() ? 0x1F : -1));
      PacketReader frames = new PacketReader(new ByteArrayInputStream(bytes), 1 << 20);
      int ended = 0;
      try {
        while (true) {
          int whole = frames.next();
          if (whole == 0) {
            frames.tooLong();
          } else {
            assertThat(whole).isPositive();
            frames.consumed(whole);
          }
        }
      } catch (IOException e) {
        ended = 1;
      }
      assertThat(ended).isOne();
    }
  }
}
