/**
 * A spool on disk: records in frames, in segments, made durable in groups.
 *
 * <pre>
 *  source that cannot repeat ──► SpooledSource: append ──► segments ──► reader ──► engine
 *          ▲                              │ fsync every 1 MiB or 5 ms                 │
 *          └────────── acknowledged ◄─────┘          cursor, then unlink ◄── acknowledged
 * </pre>
 */
@NullMarked
package io.forebay.spool;

import org.jspecify.annotations.NullMarked;
