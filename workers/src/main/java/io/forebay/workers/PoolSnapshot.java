package io.forebay.workers;

/**
 * A pool at an instant.
 *
 * @param workers workers alive
 * @param busy workers in a call
 * @param restarts workers replaced since the start
 * @param timeouts calls ended at their deadline since the start
 */
public record PoolSnapshot(int workers, int busy, long restarts, long timeouts) {}
