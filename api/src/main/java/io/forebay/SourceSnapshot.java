package io.forebay;

/**
 * A source at an instant.
 *
 * @param records records handed in
 * @param blockedShare share of the elapsed time that the source's writers waited for room, 0..1,
 *     averaged over its partitions
 * @param finished whether it came to its end
 */
public record SourceSnapshot(String name, long records, double blockedShare, boolean finished) {}
