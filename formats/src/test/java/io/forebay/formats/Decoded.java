package io.forebay.formats;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import io.forebay.testkit.CollectingWriter;
import io.forebay.testkit.CollectingWriter.Line;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Keeps what a decoder makes of messages. */
public final class Decoded implements MessageRecords {
  private final CollectingWriter writer;
  private long sequence;

  public Decoded(Schema schema) {
    writer = new CollectingWriter(schema);
  }

  @Override
  public RecordWriter writer() {
    return writer;
  }

  @Override
  public void record() {
    writer.append(++sequence, 0);
  }

  @Override
  public void bad(String reason, Rejection.Text text) {
    if (reason.isBlank()) {
      throw new AssertionError("no reason for " + text);
    }
    writer.reject(++sequence, 0, reason, text);
  }

  /** What was decoded since the last call. */
  public List<Line> take() {
    List<Line> lines = List.copyOf(writer.lines());
    writer.lines().clear();
    return lines;
  }

  /** Decodes one message; what stands around it must not matter. */
  public static List<Line> decode(MessageDecoder decoder, byte[] message) {
    byte[] around = new byte[message.length + 6];
    Arrays.fill(around, (byte) '1');
    System.arraycopy(message, 0, around, 3, message.length);
    Decoded out = new Decoded(decoder.schema());
    try {
      decoder.decode(around, 3, message.length, out);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return out.take();
  }

  public static List<Line> decode(MessageDecoder decoder, String message) {
    return decode(decoder, message.getBytes(StandardCharsets.UTF_8));
  }

  /** One line for each record: its values and extras, or the reason after an exclamation mark. */
  public static List<String> shown(List<Line> lines) {
    return lines.stream()
        .map(line ->
            line.isRejected()
                ? "! " + line.reason()
                : line.values() + (line.extras().isEmpty() ? "" : " " + line.extras()))
        .toList();
  }
}
