package io.forebay.workers;

import java.time.Duration;

/**
 * How a pool that is used alone is run; {@link PoolBuilder} says what each value means.
 *
 * @param deadlineNanos from the call to its result, {@code Long.MAX_VALUE} for none
 */
record PoolSettings(
    PoolConfig config,
    WorkerOptions options,
    long slotBytes,
    long deadlineNanos,
    WhenFull whenFull,
    Repeat repeat,
    Duration closeWithin,
    WorkerLog log) {}
