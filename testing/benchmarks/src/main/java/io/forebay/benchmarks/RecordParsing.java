package io.forebay.benchmarks;

import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.formats.RecordReader;
import io.forebay.formats.RowText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.NonFinite;
import io.forebay.slots.Slot;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.slots.StagedRow;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.io.NumberInput;
import tools.jackson.core.io.NumberOutput;

/**
 * T1: records as text, ours against libraries: JSON against jackson-core, CSV against FastCSV,
 * numbers against FastDoubleParser and the JDK. A library within 20 % would replace ours.
 */
final class RecordParsing implements Claim {
  private static final int NUMBERS = 1_000;
  private static final int LISTS = 32;
  private static final double BAR = 1.2;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Reads or writes the text once. */
  private interface Pass {
    void run() throws Exception;
  }

  @Override
  public String id() {
    return "T1";
  }

  @Override
  public String title() {
    return "records as text: ours against jackson-core, FastCSV, FastDoubleParser and the JDK";
  }

  @Override
  public void measure(Session session) throws Exception {
    int records = session.scaled(20_000, 100);
    json(session, RecordTexts.flat(records));
    json(session, RecordTexts.wide(records / 10, true));
    json(session, RecordTexts.wide(records / 10, false));
    json(session, RecordTexts.times(records / 4));
    csv(session, RecordTexts.csv(records));
    double[] values = Readings.values(NUMBERS);
    numbers(session, "short doubles", values);
    numbers(session, "long doubles", Arrays.stream(values).map(value -> value / 60).toArray());
  }

  /**
   * How often the pass does its {@code count} things in a second of this thread's CPU time, so that
   * what else the machine does takes nothing away; collecting garbage is not counted.
   */
  private static double rate(Session session, int count, Pass pass) throws Exception {
    long least = session.brief() ? 1 : 100_000_000;
    long passes = 0;
    long begin = THREADS.getCurrentThreadCpuTime();
    long nanos;
    do {
      pass.run();
      passes++;
      nanos = THREADS.getCurrentThreadCpuTime() - begin;
    } while (nanos < least);
    return passes * count * 1e9 / nanos;
  }

  private static void compare(Session session, Contest contest, String what) throws Exception {
    session.run(contest, 8);
    List<Series> all = contest.all();
    Series rival = Series.best(all.subList(1, all.size()));
    session.atLeast("ours over " + rival.name() + ", " + what, all.getFirst().over(rival), BAR);
  }

  private static void json(Session session, RecordTexts texts) throws Exception {
    StagingWriter out = new StagingWriter(texts.schema());
    RecordReader ours = RecordReader.jsonLines(texts.schema(), FormatLimits.DEFAULT, Set.of());
    JacksonReading jackson = new JacksonReading(texts.schema());
    Contest contest = new Contest("T1: JSON, " + texts.title(), "records/s");
    add(session, contest, "ours", texts, out, () -> read(ours, texts, out));
    add(
        session,
        contest,
        "jackson, a parser a line",
        texts,
        out,
        () -> jackson.lines(texts.bytes(), out));
    add(
        session,
        contest,
        "jackson, one parser",
        texts,
        out,
        () -> jackson.block(texts.bytes(), out));
    add(
        session,
        contest,
        "jackson, non-blocking",
        texts,
        out,
        () -> jackson.fed(texts.bytes(), out));
    compare(session, contest, texts.title());
  }

  private static void csv(Session session, RecordTexts texts) throws Exception {
    StagingWriter out = new StagingWriter(texts.schema());
    RecordReader ours = RecordReader.csv(texts.schema(), ',', FormatLimits.DEFAULT, false);
    Contest contest = new Contest("T1: CSV", "records/s");
    add(session, contest, "ours", texts, out, () -> read(ours, texts, out));
    add(
        session,
        contest,
        "FastCSV",
        texts,
        out,
        () -> new FastCsvReading(texts.schema(), out).read(texts.bytes()));
    compare(session, contest, texts.title());
  }

  private static void read(RecordReader reader, RecordTexts texts, RecordWriter out)
      throws Exception {
    reader.read("text", new ByteArrayInputStream(texts.bytes())::read, 0, out);
  }

  private static void add(
      Session session,
      Contest contest,
      String name,
      RecordTexts texts,
      StagingWriter out,
      Pass pass) {
    contest.add(
        name,
        () ->
            rate(
                session,
                texts.records(),
                () -> {
                  pass.run();
                  if (out.taken() != texts.records()) {
                    throw new IllegalStateException("records are missing");
                  }
                }));
  }

  /** Lists of numbers, so that what is around them does not count. */
  private static void numbers(Session session, String what, double[] values) throws Exception {
    Schema schema = Schema.of(Field.of("list", ColumnType.FLOAT64_LIST));
    String list = Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(","));
    String line = "{\"list\":[" + list + "]}\n";
    byte[] bytes = line.repeat(LISTS).getBytes(StandardCharsets.US_ASCII);
    int first = line.indexOf('[') + 1;
    RecordTexts texts = new RecordTexts(what, schema, LISTS, bytes);
    StagingWriter out = new StagingWriter(schema);
    RecordReader ours = RecordReader.jsonLines(schema, FormatLimits.DEFAULT, Set.of());
    JacksonReading jackson = new JacksonReading(schema);
    double[] read = new double[values.length];
    Contest contest = new Contest("T1: reading " + what, "numbers/s");
    contest.add("ours", () -> rate(session, LISTS * NUMBERS, () -> read(ours, texts, out)));
    contest.add("jackson", () -> rate(session, LISTS * NUMBERS, () -> jackson.lines(bytes, out)));
    contest.add(
        "FastDoubleParser",
        () -> rate(session, NUMBERS, () -> split(bytes, first, read, RecordParsing::fast)));
    contest.add(
        "Double.parseDouble",
        () -> rate(session, NUMBERS, () -> split(bytes, first, read, RecordParsing::jdk)));
    compare(session, contest, "reading " + what);
    if (!Arrays.equals(read, values)) {
      throw new IllegalStateException("other numbers were read");
    }
    print(session, what, schema, values);
  }

  private interface Parse {
    double number(byte[] bytes, int from, int length);
  }

  private static void split(byte[] bytes, int first, double[] into, Parse parse) {
    int from = first;
    for (int i = 0; i < into.length; i++) {
      int end = from;
      while (bytes[end] != ',' && bytes[end] != ']') {
        end++;
      }
      into[i] = parse.number(bytes, from, end - from);
      from = end + 1;
    }
  }

  /** By the copy of FastDoubleParser that Jackson carries. */
  private static double fast(byte[] bytes, int from, int length) {
    return NumberInput.parseDouble(
        new String(bytes, from, length, StandardCharsets.ISO_8859_1), true);
  }

  private static double jdk(byte[] bytes, int from, int length) {
    return Double.parseDouble(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
  }

  private interface Put {
    int number(double value, byte[] to, int at);
  }

  private static void print(Session session, String what, Schema schema, double[] values)
      throws Exception {
    SlotSchema columns = SlotSchema.of(schema, false, List.of());
    try (SlotArea area = SlotArea.local(1, 256 << 10)) {
      Slot slot = area.slot(0, columns);
      slot.format(1, 1);
      StagedRow row = new StagedRow(columns);
      row.setDoubles(0, values, 0, values.length);
      slot.append(row, 0, 1);
      RowText ours = RowText.json(schema, new NonFinite("bench"));
      ours.load(slot.view(0));
      Bytes text = new Bytes(1 << 16);
      byte[] to = new byte[1 << 16];
      Contest contest = new Contest("T1: writing " + what, "numbers/s");
      contest.add(
          "ours",
          () ->
              rate(
                  session,
                  NUMBERS,
                  () -> {
                    text.length(0);
                    ours.put(0, text);
                  }));
      contest.add(
          "jackson", () -> rate(session, NUMBERS, () -> put(values, to, RecordParsing::schubfach)));
      contest.add(
          "Double.toString",
          () -> rate(session, NUMBERS, () -> put(values, to, RecordParsing::string)));
      compare(session, contest, "writing " + what);
    }
  }

  private static void put(double[] values, byte[] to, Put put) {
    int at = 0;
    for (double value : values) {
      at = put.number(value, to, at);
      to[at++] = ',';
    }
  }

  private static int schubfach(double value, byte[] to, int at) {
    return NumberOutput.outputDouble(value, to, at);
  }

  private static int string(double value, byte[] to, int at) {
    byte[] text = Double.toString(value).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, to, at, text.length);
    return at + text.length;
  }
}
