package io.forebay;

/**
 * A record that goes to dead letter.
 *
 * @param source the name of the source
 * @param partition the partition within the source, empty where it has only one
 * @param sequence the record's {@link Position#sequence}, for a file the line number
 * @param stage the stage that rejected it; empty if the source could not read it
 * @param reason one sentence
 * @param detail a stack trace or other evidence; may be empty
 */
public record Rejection(
    String source,
    String partition,
    long sequence,
    String stage,
    String reason,
    String detail,
    Content content) {

  /** What is left of the record. */
  public sealed interface Content {}

  /** The start of the record as it was received, because it could not be read. */
  public record Text(String start) implements Content {}

  /** A row of a batch; valid during the call. */
  public record Row(Batch batch, int row) implements Content {}
}
