package io.forebay;

/**
 * A row that the store behind a {@link Sink} refused, and would refuse again, after the sink had
 * said of it that it is safe: it is in dead letter before the sink lets go of it.
 *
 * @param partition the name, as in {@link SinkContext#partitions}
 * @param sequence as in {@link Batch#sequence}
 * @param reason one sentence, with what the store says
 * @param detail the row as it was sent, or its start; may be empty
 * @param content the row; valid until the sink is committed
 * @param ofThisRun whether the row was written in this run, and counts as delivered so far
 */
public record LateRefusal(
    String partition,
    long sequence,
    String reason,
    String detail,
    Rejection.Content content,
    boolean ofThisRun) {}
