package io.forebay;

/**
 * A sink, or the dead letters, at an instant. Shares are 0..1 of the elapsed time.
 *
 * @param records rows written
 * @param busyShare share of the time spent writing and committing
 * @param commits commits done
 * @param commitMsP99 time of a commit, 99th percentile
 */
public record SinkSnapshot(
    String name, long records, double busyShare, long commits, double commitMsP99) {}
