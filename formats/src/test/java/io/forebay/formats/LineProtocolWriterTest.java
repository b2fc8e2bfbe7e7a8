package io.forebay.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.influxdb.v3.client.Point;
import com.influxdb.v3.client.write.WritePrecision;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.LineProtocolOptions;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.TimePrecision;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.Seed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Points as InfluxDB's own client writes them are read as they were meant: measurement, tags and
 * fields of every type, declared or not, and times of every precision. More: {@code
 * -Dforebay.points=… -Dforebay.seed=…}.
 */
class LineProtocolWriterTest {
  private static final long SEED = Seed.of(20250105);
  private static final int POINTS = Integer.getInteger("forebay.points", 40_000);
  private static final int AT_ONCE = 40;
  private static final List<TimePrecision> PRECISIONS = List.of(TimePrecision.values());

  private static final String[] PIECES = {
    "a", "Z", "7", "-", ".", "_", "é", "温", "🌡", " ", ",", "=", "\"", "'", "\\", "\\\\", "#", "\n",
    "\r", "\t", "\\n", "{", ":", "1i", "true"
  };

  private static final Schema SCHEMA =
      Schema.of(
          Field.nullable("measurement", ColumnType.STRING),
          Field.nullable("tag", ColumnType.STRING),
          Field.nullable("tag, =two", ColumnType.STRING),
          Field.nullable("float", ColumnType.FLOAT64),
          Field.nullable("int", ColumnType.INT64),
          Field.nullable("bool", ColumnType.BOOL),
          Field.nullable("text", ColumnType.STRING),
          Field.nullable("text, =two", ColumnType.STRING),
          Field.nullable("timestamp", ColumnType.TIMESTAMP_NS));

  private final SplittableRandom random = new SplittableRandom(SEED);

  /** A point, and what is to be read of it. */
  private record Written(String line, Map<String, Object> values, Map<String, Object> others) {}

  @Test
  void reads_what_was_meant_when_influxdbs_client_writes_it() {
    for (int points = 0; points < POINTS; points += AT_ONCE) {
      TimePrecision precision = PRECISIONS.get(random.nextInt(PRECISIONS.size()));
      List<Written> written = new ArrayList<>();
      StringBuilder message = new StringBuilder();
      for (int i = 0; i < AT_ONCE; i++) {
        Written point = point(precision);
        written.add(point);
        message.append(point.line()).append(random.nextInt(4) == 0 ? "\r\n" : "\n");
      }
      MessageDecoder decoder =
          MessageFormats.lineProtocol(
              SCHEMA,
              FormatLimits.DEFAULT,
              Set.of(),
              new LineProtocolOptions(precision, Optional.empty()));
      List<Line> read = Decoded.decode(decoder, message.toString());
      assertThat(read).as(message.toString()).hasSize(AT_ONCE);
      for (int i = 0; i < AT_ONCE; i++) {
        compare(written.get(i), read.get(i));
      }
    }
  }

  private static void compare(Written written, Line read) {
    if (read.isRejected()
        || !written.values().equals(read.values())
        || !written.others().equals(others(read))) {
      throw new AssertionError(
          "seed %d: %s%n was meant as %s and %s%n and read as %s"
              .formatted(SEED, written.line(), written.values(), written.others(), read));
    }
  }

  /** What no field declares, as plain values. */
  private static Map<String, Object> others(Line read) {
    Map<String, Object> others = new LinkedHashMap<>();
    Jackson.members("{" + read.extras() + "}")
        .forEach((name, tokens) -> {
          String[] token = tokens.getFirst().split(" ", 2);
          others.put(
              name,
              switch (token[0]) {
                case "VALUE_STRING" -> token[1];
                case "VALUE_TRUE", "VALUE_FALSE" -> Boolean.valueOf(token[1]);
                default -> Double.valueOf(token[1]);
              });
        });
    return others;
  }

  private Written point(TimePrecision precision) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Object> others = new LinkedHashMap<>();
    String measurement = name();
    Point point = Point.measurement(measurement);
    values.put("measurement", read(measurement));
    for (String tag : List.of("tag", "tag, =two", "t:" + name())) {
      if (random.nextBoolean()) {
        String text = name();
        point.setTag(tag, text);
        put(tag, read(text), values, others);
      }
    }
    fields(point, values, others);
    String line;
    if (random.nextInt(4) > 0) {
      long time = time(precision);
      point.setTimestamp(time, precision(precision));
      values.put("timestamp", Math.multiplyExact(time, nanos(precision)));
    }
    line = point.toLineProtocol(precision(precision));
    if (random.nextInt(4) == 0) {
      // The client writes no unsigned integers.
      long number = random.nextLong() & Long.MAX_VALUE;
      String end = values.containsKey("timestamp") ? line.substring(line.lastIndexOf(' ')) : "";
      line = line.substring(0, line.length() - end.length()) + ",unsigned=" + number + "u" + end;
      others.put("unsigned", (double) number);
    }
    // Fields are declared in the order of the schema.
    return new Written(line, values, others);
  }

  private void fields(Point point, Map<String, Object> values, Map<String, Object> others) {
    boolean some = false;
    for (String name : List.of("float", "f:" + name())) {
      if (random.nextBoolean()) {
        double number = number();
        point.setField(name, number);
        put(name, number, values, others);
        some = true;
      }
    }
    for (String name : List.of("bool", "b:" + name())) {
      if (random.nextBoolean()) {
        boolean truth = random.nextBoolean();
        point.setField(name, truth);
        put(name, truth, values, others);
        some = true;
      }
    }
    for (String name : List.of("text", "text, =two", "s:" + name())) {
      if (random.nextBoolean()) {
        String text = text(5);
        point.setField(name, text);
        put(name, text, values, others);
        some = true;
      }
    }
    if (!some || random.nextBoolean()) {
      long number = random.nextLong() >> random.nextInt(64);
      point.setField("int", number);
      put("int", number, values, others);
    }
  }

  private static void put(
      String name, Object value, Map<String, Object> values, Map<String, Object> others) {
    if (SCHEMA.has(name)) {
      values.put(name, value);
    } else {
      others.put(read(name), value);
    }
  }

  /** Finite, of any size, often short. */
  private double number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(-100, 100);
      case 1 -> random.nextInt(-10_000, 10_000) / 100.0;
      case 2 -> random.nextDouble() * Math.pow(10, random.nextInt(-30, 30));
      default -> {
        double any = Double.longBitsToDouble(random.nextLong());
        yield Double.isFinite(any) ? any : 0.5;
      }
    };
  }

  private long time(TimePrecision precision) {
    long most = Long.MAX_VALUE / nanos(precision);
    return random.nextInt(10) == 0
        ? random.nextLong(-most, most)
        : 1_700_000_000L * (1_000_000_000L / nanos(precision)) + random.nextInt(1_000_000_000);
  }

  private static long nanos(TimePrecision precision) {
    return switch (precision) {
      case NANOSECONDS -> 1;
      case MICROSECONDS -> 1_000;
      case MILLISECONDS -> 1_000_000;
      case SECONDS -> 1_000_000_000;
    };
  }

  private static WritePrecision precision(TimePrecision precision) {
    return switch (precision) {
      case NANOSECONDS -> WritePrecision.NS;
      case MICROSECONDS -> WritePrecision.US;
      case MILLISECONDS -> WritePrecision.MS;
      case SECONDS -> WritePrecision.S;
    };
  }

  private String text(int most) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  /**
   * A measurement, a name or a tag's value: something that does not end in a backslash, and begins
   * with no {@code #}, which line protocol cannot say.
   */
  private String name() {
    return "n" + text(3).replaceAll("\\\\+$", "");
  }

  /** What the client makes of newlines and tabs outside of quotes, which are not allowed there. */
  private static String read(String name) {
    return name.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }
}
