/**
 * Where to start from: {@link io.forebay.workers.Pools} for pools that are used alone, {@link
 * io.forebay.workers.StagePools} for the stages of pipelines, {@link
 * io.forebay.workers.FunctionBinder} for the functions of both. Usable without the engine.
 *
 * <pre>
 *                      tasks (add-on)
 *                        │
 *                        ▼
 *  user, engine ──► this package
 *                    │         │
 *                    ▼         ▼
 *          internal.pools   internal.threads
 *                    │         │
 *                    ▼         │
 *      internal.supervision    │      who has what, who dies, who replaces it
 *                    │         │
 *                    ▼         │
 *          internal.launch     │      processes: started, greeted, listened to
 *                    │         │
 *                    ▼         │
 *          internal.process    │      what runs in them
 *                    │         │
 *                    ▼         ▼
 *                   functions         found, checked, bound
 *                        │
 *                        ▼
 *        internal.calls, internal.binding, internal.protocol
 *                        │
 *                        ▼
 *                       api           the terms of all of them
 * </pre>
 *
 * <p>A package uses those beneath it, never the other way round. What is {@code internal} is not
 * for other modules.
 */
@NullMarked
package io.forebay.workers;

import org.jspecify.annotations.NullMarked;
