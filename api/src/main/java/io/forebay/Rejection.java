package io.forebay;

import java.nio.charset.StandardCharsets;

/**
 * A record that goes to dead letter.
 *
 * @param source the name of the source
 * @param partition the partition within the source, empty where it has only one
 * @param sequence the record's {@link Position#sequence}, for a file the line number
 * @param stage the stage, or the sink, that rejected it; empty if the source could not read it
 * @param sink the sink whose store refused it, and which alone is to get it again; empty if all are
 * @param reason one sentence
 * @param detail a stack trace or other evidence; may be empty
 */
public record Rejection(
    String source,
    String partition,
    long sequence,
    String stage,
    String sink,
    String reason,
    String detail,
    Content content) {
  /** A record that a source or a stage rejected. */
  public Rejection(
      String source,
      String partition,
      long sequence,
      String stage,
      String reason,
      String detail,
      Content content) {
    this(source, partition, sequence, stage, "", reason, detail, content);
  }

  /** What is left of the record. */
  public sealed interface Content {}

  /**
   * The record as it was received, because it could not be read: whole, or the start of one that is
   * larger than {@link #MOST_BYTES}.
   *
   * @param start broken UTF-8 is U+FFFD in it
   * @param cutBytes how many more bytes the record has, at least
   */
  public record Text(String start, long cutBytes) implements Content {
    /**
     * What is kept of a record. A larger one is rarely repaired by hand; and rejections wait in
     * memory with their batch, which is closed when they have four times as much text.
     */
    public static final int MOST_BYTES = 64 << 10;

    /** Nothing is left of it, and nothing was cut. */
    public static final Text NONE = new Text("", 0);

    /** The record from {@code from} to before {@code to}. */
    public static Text of(byte[] utf8, int from, int to) {
      return of(utf8, from, to, MOST_BYTES);
    }

    /** The record from {@code from} to before {@code to}, of which {@code most} bytes are kept. */
    public static Text of(byte[] utf8, int from, int to, int most) {
      int end = Math.min(to, from + most);
      if (end < to) {
        // Do not cut a character in two: at most three bytes back.
        int cut = end;
        while (cut > from && end - cut < 3 && (utf8[cut] & 0xC0) == 0x80) {
          cut--;
        }
        end = (utf8[cut] & 0xC0) == 0xC0 ? cut : end;
      }
      return new Text(new String(utf8, from, end - from, StandardCharsets.UTF_8), to - end);
    }

    /** The record with this text. */
    public static Text of(String text) {
      return new Text(text, 0).atMost(MOST_BYTES);
    }

    /** The same record, of which {@code most} bytes are kept. */
    public Text atMost(int most) {
      if (start.length() <= most / 3) { // A char has three bytes at most.
        return this;
      }
      byte[] utf8 = start.getBytes(StandardCharsets.UTF_8);
      return utf8.length <= most ? this : of(utf8, 0, utf8.length, most).followedBy(cutBytes);
    }

    /** The record has {@code more} bytes, which are not kept. */
    public Text followedBy(long more) {
      return new Text(start, cutBytes + more);
    }
  }

  /** A row of a batch; valid during the call. */
  public record Row(Batch batch, int row) implements Content {}
}
