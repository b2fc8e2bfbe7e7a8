/**
 * Pipelines: {@link io.forebay.engine.Pipeline} and how one is built. What happens in it lies
 * beneath, in the order of the data:
 *
 * <pre>
 *                  this package
 *                       │
 *                       ▼
 *                 internal.run             starts and ends all of the rest
 *                       │
 *                       ▼
 *  internal.dispatch ──► internal.delivery ──► internal.sinks ──► internal.recovery
 *          │                  │                     │              what outputs have
 *          └───────┬──────────┘                     │
 *                  ▼                                ▼
 *          internal.intake ─────────────► internal.batches      what is on its way
 *                  │
 *                  ▼
 *            internal.plan       what the pipeline is, checked
 *                  │
 *                  ▼
 *    internal.measure, internal.loops, api
 * </pre>
 *
 * <p>A package uses those beneath it, never the other way round. What is {@code internal} is not
 * for other modules.
 */
@NullMarked
package io.forebay.engine;

import org.jspecify.annotations.NullMarked;
