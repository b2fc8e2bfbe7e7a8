/**
 * What happens in a pipeline as events of the JDK's Flight Recorder. While nobody records, making
 * one costs some nanoseconds; each is made once a batch, a commit or a wait, never once a record.
 *
 * <pre>
 *   forebay.Batch         a stage's call on a batch has returned
 *   forebay.BatchSize     a stage asks for batches of another size
 *   forebay.Commit        a sink makes durable what it has
 *   forebay.Backpressure  a partition of a source waits
 *   forebay.WorkerStart   a worker process is ready
 *   forebay.WorkerEnd     a worker process has ended
 * </pre>
 */
@NullMarked
package io.forebay.internal.events;

import org.jspecify.annotations.NullMarked;
