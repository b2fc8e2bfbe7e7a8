package io.forebay.connectors.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.net.PartitionRecords;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.TimePrecision;
import io.forebay.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Broken bodies through everything that looks at a body: gzip, decoders, line numbers, answers. A
 * million in CI; more with {@code -Dforebay.fuzz.inputs=…}, another seed with {@code
 * -Dforebay.seed=…}.
 */
@Timeout(900)
final class BodyFuzzTest {
  private static final Schema FIELDS =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_MS),
          Field.nullable("value", ColumnType.FLOAT64),
          Field.nullable("count", ColumnType.INT32),
          Field.nullable("on", ColumnType.BOOL));
  private static final List<String> SEEDS =
      List.of(
          "{\"sensorId\":\"a\",\"timestamp\":1700000000000,\"value\":20.5,\"x\":{\"y\":[1,null]}}",
          "[{\"sensorId\":\"é温\",\"value\":-1e-3},{\"sensorId\":\"b\",\"on\":true}]",
          "{\"sensorId\":\"a\"}\n{\"sensorId\":\"b\",\"count\":3}\n\n{\"sensorId\":\"\\u0041\"}\n",
          "sensorId,timestamp,value,count,on\na,1,2.5,3,true\n\"b \"\"q\"\"\",,,,\n",
          "cpu,sensorId=a\\ b,host=x value=1.5,count=3i,on=t,s=\"q \\\"x\\\" \n y\" 1700000000\n",
          "# comment\nm value=1\nm2,sensorId=é on=false 12\n");
  private static final byte[] SPECIAL = "{}[]\":,\\\n\r\t #=ieE+-.0129tfnu\0".getBytes(UTF_8);

  @Test
  void every_body_is_answered_and_every_record_of_it_counted() throws Exception {
    long inputs = Long.getLong("forebay.fuzz.inputs", 100_000);
    long seed = Seed.of(20260104);
    System.out.println("fuzzing " + inputs + " bodies from seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    HttpSettings settings =
        new HttpSettings(
            Server.settings().address(),
            Server.settings().access(),
            "/ingest",
            FIELDS,
            HttpLimits.DEFAULT,
            1,
            Server.settings().clock());
    BodyDecoder decoder = new BodyDecoder(settings, Set.of());
    Checking writer = new Checking();
    PartitionRecords partition = new PartitionRecords(writer, Position.START);
    MessageFormat[] formats = {
      MessageFormat.JSON, MessageFormat.NDJSON, MessageFormat.CSV, MessageFormat.LINE_PROTOCOL
    };
    List<Dialect> dialects = List.of(Dialect.values());
    List<TimePrecision> precisions = List.of(TimePrecision.values());
    long good = 0;
    long refused = 0;
    for (long i = 0; i < inputs; i++) {
      byte[] body = mutate(SEEDS.get(random.nextInt(SEEDS.size())).getBytes(UTF_8), random);
      boolean gzip = random.nextInt(20) == 0;
      if (gzip) {
        byte[] packed = gzip(body);
        body = random.nextInt(3) == 0 ? mutate(packed, random) : packed;
      }
      WriteRequest.Kind kind =
          new WriteRequest.Kind(
              dialects.get(random.nextInt(dialects.size())),
              formats[random.nextInt(formats.length)],
              precisions.get(random.nextInt(precisions.size())),
              gzip,
              random.nextInt(4) == 0
                  ? Optional.of(List.of(CsvHeaderRow.values()).get(random.nextInt(3)))
                  : Optional.empty());
      long before = writer.records();
      try {
        RequestOutcome outcome = decoder.decode(body, body.length, kind, partition, () -> false);
        assertThat(outcome.taken() + outcome.bad()).isEqualTo(writer.records() - before);
        Answer answer =
            outcome.bad() == 0 ? kind.dialect().taken(outcome) : kind.dialect().partly(outcome);
        assertThat(answer.status()).isIn(200, 204, 400);
        good += outcome.taken();
      } catch (Gunzip.RefusedException e) {
        assertThat(writer.records()).isEqualTo(before);
        assertThat(e.status()).isIn(400, 413);
        refused++;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "input " + i + " of seed " + seed + ", " + kind + ": " + Arrays.toString(body), e);
      }
    }
    // The seeds are near enough to good ones that all ways were taken.
    assertThat(good).isGreaterThan(inputs / 10);
    assertThat(refused).isGreaterThan(inputs / 1_000);
    assertThat(writer.bad).isGreaterThan(inputs / 10);
  }

  static byte[] mutate(byte[] bytes, SplittableRandom random) {
    byte[] mutated = bytes;
    for (int n = random.nextInt(4); n > 0; n--) {
      int length = mutated.length;
      int at = random.nextInt(length + 1);
      switch (random.nextInt(6)) {
        case 0 -> mutated = Arrays.copyOf(mutated, at);
        case 1 -> {
          if (at < length) {
            mutated = mutated.clone();
            mutated[at] = (byte) random.nextInt(256);
          }
        }
        case 2 -> {
          if (at < length) {
            mutated = mutated.clone();
            mutated[at] = SPECIAL[random.nextInt(SPECIAL.length)];
          }
        }
        case 3 ->
            mutated = insert(mutated, at, new byte[] {SPECIAL[random.nextInt(SPECIAL.length)]});
        case 4 -> {
          int to = Math.min(length, at + random.nextInt(20));
          mutated =
              insert(mutated, random.nextInt(length + 1), Arrays.copyOfRange(mutated, at, to));
        }
        default -> {
          int to = Math.min(length, at + 1 + random.nextInt(8));
          byte[] cut = Arrays.copyOf(mutated, length - (to - at));
          System.arraycopy(mutated, to, cut, at, length - to);
          mutated = cut;
        }
      }
    }
    return mutated;
  }

  private static byte[] insert(byte[] bytes, int at, byte[] piece) {
    byte[] longer = new byte[bytes.length + piece.length];
    System.arraycopy(bytes, 0, longer, 0, at);
    System.arraycopy(piece, 0, longer, at, piece.length);
    System.arraycopy(bytes, at, longer, at + piece.length, bytes.length - at);
    return longer;
  }

  static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    }
    return out.toByteArray();
  }

  /** Refuses what the engine would refuse. */
  private static final class Checking implements RecordWriter {
    private final boolean[] set = new boolean[FIELDS.size()];
    private long sequence;
    private long good;
    private long bad;

    long records() {
      return good + bad;
    }

    private void set(int column, boolean fits) {
      assertThat(fits).isTrue();
      set[column] = true;
    }

    @Override
    public void setBool(int column, boolean value) {
      set(column, column == 4);
    }

    @Override
    public void setLong(int column, long value) {
      set(column, column == 1 || (column == 3 && value == (int) value));
    }

    @Override
    public void setDouble(int column, double value) {
      set(column, column == 2 && Double.isFinite(value));
    }

    @Override
    public void setString(int column, byte[] utf8, int from, int length) {
      String text = new String(utf8, from, length, UTF_8);
      byte[] again = text.getBytes(UTF_8);
      set(
          column,
          column == 0 && Arrays.equals(again, Arrays.copyOfRange(utf8, from, from + length)));
    }

    @Override
    public void setString(int column, String text) {
      set(column, column == 0);
    }

    @Override
    public void setBinary(int column, byte[] bytes, int from, int length) {
      set(column, false);
    }

    @Override
    public void setDoubles(int column, double[] values, int from, int length) {
      set(column, false);
    }

    @Override
    public void setNull(int column) {
      set[column] = false;
    }

    @Override
    public void setExtras(byte[] utf8, int from, int length) {
      assertThat(length).isPositive();
    }

    @Override
    public void append(long next, long offset) {
      assertThat(set[0]).isTrue();
      assertThat(next).isEqualTo(++sequence);
      good++;
      clear();
    }

    @Override
    public void reject(long next, long offset, String reason, Rejection.Text text) {
      assertThat(next).isEqualTo(++sequence);
      assertThat(reason).isNotEmpty();
      assertThat(text.start().length()).isLessThanOrEqualTo(Rejection.Text.MOST_BYTES);
      bad++;
      clear();
    }

    @Override
    public void clear() {
      Arrays.fill(set, false);
    }
  }
}
