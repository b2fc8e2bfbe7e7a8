package io.forebay;

/**
 * A row that the store behind a {@link Sink} refused, and would refuse again.
 *
 * @param partition as in {@link Batch#partition}
 * @param sequence as in {@link Batch#sequence}
 * @param reason one sentence, with what the store says
 * @param detail the row as it was sent, or its start; may be empty
 */
public record Refusal(int partition, long sequence, String reason, String detail) {}
