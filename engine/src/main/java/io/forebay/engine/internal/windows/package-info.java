/**
 * Windows in event time: partial results of batches are merged here, and what is open is committed
 * with the positions.
 *
 * <pre>
 *  batch with partial results ──► WindowStage ──► rows of windows that are over ──► sinks
 *                                  │  EventClock: what is over, what comes too late
 *                                  │  OpenWindows: what was merged, by pane and key
 *                                  ▼
 *                                 StateFolder: epoch-N, durable before any output has epoch N
 * </pre>
 */
@NullMarked
package io.forebay.engine.internal.windows;

import org.jspecify.annotations.NullMarked;
