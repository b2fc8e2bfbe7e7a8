package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated spool files: no frame comes out that was not written, none is lost silently, and nothing
 * but a sentence is thrown. To repeat a failure: {@code -Dforebay.seed=…}; for longer: {@code
 * -Dforebay.fuzz=…}.
 */
@Timeout(300)
class FuzzTest {
  private static final int MUTATIONS = Integer.getInteger("forebay.fuzz", 50_000);
  private static final Schema SCHEMA =
      Schema.of(
          Field.of("n", ColumnType.INT64),
          Field.nullable("text", ColumnType.STRING),
          Field.nullable("bytes", ColumnType.BINARY),
          Field.nullable("list", ColumnType.FLOAT64_LIST),
          Field.nullable("small", ColumnType.INT32),
          Field.nullable("good", ColumnType.BOOL));

  @TempDir Path folder;

  private final long seed = Seed.of(1);
  private final SplittableRandom random = new SplittableRandom(seed);

  private static byte[] payload(long sequence) {
    byte[] payload = new byte[8 + (int) (sequence % 5) * 7];
    Arrays.fill(payload, (byte) (31 * sequence));
    return payload;
  }

  private byte[] mutated(byte[] original, int from, int to) {
    byte[] bytes = original.clone();
    switch (random.nextInt(4)) {
      case 0 -> bytes[random.nextInt(from, to)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        for (int i = random.nextInt(1, 9); i > 0; i--) {
          bytes[random.nextInt(from, to)] = (byte) random.nextInt();
        }
      }
      case 2 -> {
        int at = random.nextInt(from, to);
        Arrays.fill(bytes, at, Math.min(to, at + random.nextInt(1, 80)), (byte) 0);
      }
      default -> {
        int at = random.nextInt(from, to);
        int source = random.nextInt(from, to);
        int length = Math.min(random.nextInt(1, 120), to - Math.max(at, source));
        System.arraycopy(original, source, bytes, at, length);
      }
    }
    return bytes;
  }

  @Test
  void finds_what_is_whole_when_a_segment_is_mutated() throws Exception {
    ByteBuffer file = ByteBuffer.allocate(2_000).order(ByteOrder.LITTLE_ENDIAN);
    file.put(Segment.header(1, 77, new byte[] {1, 2, 3}));
    int begin = file.position();
    int lastGroup = 0;
    int frames = 9;
    for (long n = 1; n <= frames; n++) { // groups of 3
      if (n == 7) {
        lastGroup = file.position();
      }
      FrameReader.put(file, n, (n - 1) / 3 * 3, payload(n), payload(n).length);
    }
    byte[] original = Arrays.copyOf(file.array(), file.position());
    Path path = folder.resolve("segment");
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int i = 0; i < MUTATIONS; i++) {
        boolean durable = random.nextBoolean();
        byte[] bytes = mutated(original, begin, durable ? lastGroup : original.length);
        int length = durable ? bytes.length : random.nextInt(begin, bytes.length + 1);
        channel.truncate(length);
        channel.write(ByteBuffer.wrap(bytes, 0, length), 0);
        Segment segment = new Segment(path, 1, begin);
        long[] at = {0};
        long last =
            Recovered.scan(
                segment,
                length,
                new FrameReader(channel),
                new Recovered.Visitor() {
                  @Override
                  public void head(byte[] head) {}

                  @Override
                  public void frame(long sequence, ByteBuffer payload) {
                    check(sequence > at[0] && sequence <= frames, "sequence " + sequence);
                    at[0] = sequence;
                    byte[] is = new byte[payload.remaining()];
                    payload.get(is);
                    check(Arrays.equals(is, payload(sequence)), "payload of " + sequence);
                  }
                });
        check(!durable || last == frames, "cut off at " + last + " what was durable");
        check(segment.durableBytes <= length, "beyond the end");
      }
    }
  }

  private void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("seed " + seed + ": " + what);
    }
  }

  @Test
  void decodes_or_refuses_when_a_payload_is_mutated() throws Exception {
    Path place = Files.createDirectory(folder.resolve("payloads"));
    byte[][] payloads = new byte[2][];
    try (SpoolLog log = log(place, 1 << 20, false);
        SpoolReader reader = new SpoolReader(log, 0)) {
      SpoolWriter writer = new SpoolWriter(log, SCHEMA, "part", true, 60_000, Position.START);
      writer.setLong(0, 42);
      writer.setString(1, "some text");
      writer.setBinary(2, new byte[] {1, 2, 3}, 0, 3);
      writer.setDoubles(3, new double[] {1, 2}, 0, 2);
      writer.setBool(5, true);
      writer.setExtras(new byte[] {'"', 'a', '"', ':', '1'}, 0, 5);
      writer.append(1, 10);
      writer.reject(2, 20, "unreadable", "<oops>");
      log.sync();
      for (int i = 0; i < 2; i++) {
        assertThat(reader.next()).isEqualTo(SpoolReader.Found.FRAME);
        payloads[i] = new byte[reader.payload().remaining()];
        reader.payload().get(payloads[i]);
      }
    }
    RecordCodec records = new RecordCodec(SCHEMA);
    Strict out = new Strict();
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] original = payloads[i & 1];
      byte[] bytes = mutated(original, 0, original.length);
      int length = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : bytes.length;
      ByteBuffer payload = ByteBuffer.wrap(bytes, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
      int before = out.records;
      try {
        RecordCodec.place(payload);
        if (RecordCodec.kind(payload) != RecordCodec.END) {
          records.replay(payload, out, 1, 1);
          check(out.records == before + 1, "neither handed in nor refused");
        }
      } catch (IOException e) {
        refused++;
        check(out.records == before, "handed in and refused");
      }
    }
    assertThat(refused).isBetween(MUTATIONS / 20, MUTATIONS - MUTATIONS / 20);
  }

  @Test
  void accounts_for_every_record_when_a_spool_is_mutated() throws Exception {
    Path place = Files.createDirectory(folder.resolve("spool"));
    int records = 900;
    try (SpoolLog log = log(place, 1 << 20, false)) {
      for (long n = 1; n <= records; n++) {
        byte[] payload = Arrays.copyOf(payload(n), 400);
        log.append(payload, payload.length, null, 0, 0);
        if (n % 100 == 0) {
          log.sync();
        }
      }
    }
    List<Path> segments = Segment.list(place);
    assertThat(segments).hasSizeGreaterThan(2);
    int damages = 0;
    for (int i = 0; i < Math.max(300, MUTATIONS / 1_000); i++) {
      Path copy = Files.createDirectory(folder.resolve("copy-" + i));
      int damaged = random.nextInt(segments.size() - 1); // the last one may have a torn tail
      for (int s = 0; s < segments.size(); s++) {
        byte[] bytes = Files.readAllBytes(segments.get(s));
        Path to = copy.resolve(segments.get(s).getFileName());
        Files.write(to, s == damaged ? mutated(bytes, 0, bytes.length) : bytes);
      }
      try (SpoolLog log = log(copy, 1 << 20, true);
          SpoolReader reader = new SpoolReader(log, 0)) {
        log.end();
        long found = 0;
        long last = 0;
        while (reader.next() == SpoolReader.Found.FRAME) {
          found++;
          check(reader.sequence() > last, "record " + reader.sequence());
          last = reader.sequence();
          check(reader.payload().get(0) == payload(last)[0], "the payload of record " + last);
        }
        check(
            found + log.folder().lost == records, found + " found, " + log.folder().lost + " lost");
        damages += log.folder().lost > 0 ? 1 : 0;
      }
      for (Path file : List.of(copy.resolve("lock"), copy.resolve("cursor"), Ledger.path(copy))) {
        Files.deleteIfExists(file);
      }
      for (Path file : Segment.list(copy)) {
        Files.delete(file);
      }
    }
    assertThat(damages).isGreaterThan(200);
  }

  private static SpoolLog log(Path place, long size, boolean acceptLoss) throws IOException {
    return new SpoolLog(
        new SpoolFolder.Place(place, Limits.of(size), SpoolDisk.REAL, acceptLoss),
        SpoolFolder.Known.NOTHING,
        new SpoolListener() {
          @Override
          public void durable(long sequence, List<Group.Reached> marks) {}

          @Override
          public void trouble(String what) {}
        },
        () -> new byte[] {9},
        Recovered.Visitor.NOBODY,
        notice -> {});
  }

  /** Checks that what it is given lies in its array; a record without {@code n} is refused. */
  private static final class Strict implements RecordWriter {
    int records;
    private boolean set;

    private static void in(int length, int from, int count) {
      Objects.checkFromIndexSize(from, count, length);
    }

    @Override
    public void setBool(int column, boolean value) {}

    @Override
    public void setLong(int column, long value) {
      set |= column == 0;
    }

    @Override
    public void setDouble(int column, double value) {}

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {
      in(utf8.length, from, length);
    }

    @Override
    public void setString(int column, String text) {}

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {
      in(bytes.length, from, length);
    }

    @Override
    public void setDoubles(int column, double[] values, int from, int length) {
      in(values.length, from, length);
    }

    @Override
    public void setNull(int column) {}

    @Override
    public void setExtras(byte[] utf8, int from, int length) {
      in(utf8.length, from, length);
    }

    @Override
    public void append(long sequence, long offset) {
      if (!set) {
        throw new IllegalStateException("n is not set");
      }
      records++;
      clear();
    }

    @Override
    public void reject(long sequence, long offset, String reason, Rejection.Text text) {
      records++;
      clear();
    }

    @Override
    public void clear() {
      set = false;
    }
  }
}
