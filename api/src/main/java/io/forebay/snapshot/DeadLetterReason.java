package io.forebay.snapshot;

import java.time.Duration;

/**
 * Why records went to dead letter. Reasons of one stage that differ only in numbers and in what
 * stands in quotes are one. The definitions are in {@code docs/specs/metrics.md}.
 *
 * @param stage the stage, or the sink, that rejected them; empty if they could not be read
 * @param reason that of the first of them; cut if it is long
 * @param count how many at least; exact until there are more kinds of reasons than are counted
 * @param source of the newest
 * @param partition of the newest; empty where the source has only one
 * @param sequence of the newest, as in its dead letter
 * @param ago how long before the snapshot the newest was written
 */
public record DeadLetterReason(
    String stage,
    String reason,
    long count,
    String source,
    String partition,
    long sequence,
    Duration ago) {}
