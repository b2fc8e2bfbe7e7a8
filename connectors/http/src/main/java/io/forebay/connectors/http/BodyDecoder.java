package io.forebay.connectors.http;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvHeaders;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.LineProtocolOptions;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.MessageRecords;
import io.forebay.formats.api.TimePrecision;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Turns bodies into records. Used by one thread. */
final class BodyDecoder {
  private static final int EXCERPT_CHARS = 80;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** The client has been told that nothing was taken, so the rest of its records are not. */
  private static final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbandonedException() {
      super("abandoned", null, false, false);
    }
  }

  private final Schema fields;
  private final Set<String> replaced;
  private final InstantSource clock;
  private final Map<MessageFormat, MessageDecoder> decoders = new EnumMap<>(MessageFormat.class);
  private final Map<CsvHeaderRow, MessageDecoder> csv = new EnumMap<>(CsvHeaderRow.class);
  private final CsvHeaders headers;
  private final Map<TimePrecision, MessageDecoder> lineProtocol =
      new EnumMap<>(TimePrecision.class);
  private final Gunzip gunzip;
  private final LineNumbers lines = new LineNumbers();

  BodyDecoder(HttpSettings settings, Set<String> replaced) {
    this.fields = settings.fields();
    this.replaced = replaced;
    this.clock = settings.clock();
    this.headers = settings.headers();
    this.gunzip = new Gunzip(settings.limits().inflatedBytes(), settings.limits().ratio());
  }

  /**
   * Hands in the records of a body.
   *
   * @param abandoned asked before each record: whether to leave out the rest
   * @throws Gunzip.RefusedException if nothing was taken
   */
  RequestOutcome decode(
      byte[] body,
      int bodyBytes,
      WriteRequest.Kind kind,
      MessageRecords out,
      BooleanSupplier abandoned)
      throws Gunzip.RefusedException, InterruptedException {
    byte[] bytes = body;
    int length = bodyBytes;
    if (kind.gzip()) {
      gunzip.inflate(body, bodyBytes);
      bytes = gunzip.buffer();
      length = gunzip.length();
    }
    MessageFormat format =
        kind.format() == MessageFormat.JSON ? json(bytes, length) : kind.format();
    Collected collected = new Collected(out, abandoned, format == MessageFormat.JSON);
    if (!collected.byRecord) {
      lines.begin(bytes, length, format == MessageFormat.LINE_PROTOCOL);
    }
    try {
      if (!isBlank(bytes, length)) {
        decoder(format, kind).decode(bytes, 0, length, collected);
      }
    } catch (AbandonedException e) {
      out.writer().clear();
    }
    return new RequestOutcome(collected.taken, collected.bad, collected.problems);
  }

  /**
   * Makes the decoders once.
   *
   * @throws io.forebay.errors.ConfigurationException if a format cannot fill the fields
   */
  void checkFields() {
    for (MessageFormat format :
        List.of(
            MessageFormat.JSON,
            MessageFormat.NDJSON,
            MessageFormat.CSV,
            MessageFormat.LINE_PROTOCOL)) {
      decoder(format, WriteRequest.Kind.of(Dialect.FOREBAY, format));
    }
  }

  private MessageDecoder decoder(MessageFormat format, WriteRequest.Kind kind) {
    if (format == MessageFormat.CSV) {
      return csv.computeIfAbsent(
          kind.header().orElse(headers.row()),
          row -> MessageFormats.csv(fields, ',', FormatLimits.DEFAULT, headers.said(row)));
    }
    if (format == MessageFormat.LINE_PROTOCOL) {
      return lineProtocol.computeIfAbsent(
          kind.precision(),
          p ->
              MessageFormats.lineProtocol(
                  fields,
                  FormatLimits.DEFAULT,
                  replaced,
                  new LineProtocolOptions(p, Optional.of(clock))));
    }
    return decoders.computeIfAbsent(
        format, f -> MessageFormats.decoder(f, fields, FormatLimits.DEFAULT, replaced));
  }

  private static boolean isBlank(byte[] bytes, int length) {
    return firstOf(bytes, mark(bytes, length), length) == length;
  }

  /** The length of the byte order mark of UTF-8, if there is one. */
  static int mark(byte[] bytes, int length) {
    boolean is =
        length >= MARK.length && Arrays.equals(bytes, 0, MARK.length, MARK, 0, MARK.length);
    return is ? MARK.length : 0;
  }

  private static int firstOf(byte[] bytes, int from, int length) {
    int i = from;
    while (i < length && (bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r'))) {
      i++;
    }
    return i;
  }

  /** Many call it JSON and send an object a line: then a second line begins with a brace, too. */
  private static MessageFormat json(byte[] bytes, int length) {
    int first = firstOf(bytes, mark(bytes, length), length);
    if (first < length && bytes[first] == '{') {
      for (int i = first; i < length; i++) {
        if (bytes[i] == '\n') {
          int next = firstOf(bytes, i, length);
          return next < length && bytes[next] == '{' && bytes[next - 1] == '\n'
              ? MessageFormat.NDJSON
              : MessageFormat.JSON;
        }
      }
    }
    return MessageFormat.JSON;
  }

  /** Counts, and keeps what is wrong with the first bad records. */
  private final class Collected implements MessageRecords {
    private final MessageRecords out;
    private final BooleanSupplier abandoned;
    private final boolean byRecord;
    private final List<RequestOutcome.Problem> problems = new ArrayList<>();
    private long taken;
    private long bad;

    Collected(MessageRecords out, BooleanSupplier abandoned, boolean byRecord) {
      this.out = out;
      this.abandoned = abandoned;
      this.byRecord = byRecord;
    }

    @Override
    public RecordWriter writer() {
      return out.writer();
    }

    private void check() {
      if (abandoned.getAsBoolean()) {
        throw new AbandonedException();
      }
    }

    @Override
    public void record() throws InterruptedException {
      check();
      out.record();
      taken++;
    }

    @Override
    public void bad(String reason, Rejection.Text text) throws InterruptedException {
      bad(reason, text, text);
    }

    @Override
    public void bad(String reason, Rejection.Text row, Rejection.Text text)
        throws InterruptedException {
      check();
      long number = taken + bad + 1;
      String start = row.start();
      String place =
          byRecord || problems.size() >= RequestOutcome.MOST_PROBLEMS
              ? "record " + number
              : lines.place(number, start);
      out.bad(place + " of the request: " + reason, text);
      bad++;
      if (problems.size() < RequestOutcome.MOST_PROBLEMS) {
        String shown =
            start.length() > EXCERPT_CHARS ? start.substring(0, EXCERPT_CHARS) + "…" : start;
        problems.add(new RequestOutcome.Problem(place, reason + ", in '" + shown + "'"));
      }
    }
  }
}
