package io.forebay.workers.internal.pools;

import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.Repeat;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.calls.WorkerOptions;
import java.time.Duration;

/**
 * How a pool that is used alone is run; {@code PoolBuilder} says what each value means.
 *
 * @param extras whether rows carry undeclared members
 * @param deadlineNanos from the call to its result, {@code Long.MAX_VALUE} for none
 */
public record PoolSettings(
    PoolConfig config,
    WorkerOptions options,
    long slotBytes,
    boolean extras,
    long deadlineNanos,
    WhenFull whenFull,
    Repeat repeat,
    Duration closeWithin,
    WorkerLog log) {}
