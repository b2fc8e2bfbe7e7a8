/**
 * A pool of worker processes. Who talks to whom:
 *
 * <pre>
 *  submitting thread                         supervisor (one thread for each pool)
 *   │ submit(slot)                            │ starts, replaces and ends workers,
 *   ▼                                         ▼ keeps the deadlines of calls
 *  ProcessPool ──────── lock ──────────────► Fleet: which call is where
 *   │  ▲                                      │
 *   │  │ futures complete                     │ one Worker for each process
 *   │  └─ settle ◄── harvest ◄───────┐        ▼
 *   │                                │   ┌────────── shared memory ──────────┐
 *   │ push ──────────────────────────┼──►│ Ring: tail, entries     (engine)  │
 *   │                                └───│       head, times       (worker)  │ ◄──┐
 *   │                                    │ Slots: the batches                │    │
 *   │                                    └───────────────────────────────────┘    │
 *   │  WorkerSelector: a Selector over                                            ▼
 *   └─ Unix sockets, used only when  ◄────────────────────────────────────► WorkerMain
 *      the other side sleeps                                                 one thread:
 *                                                                            the function
 * </pre>
 *
 * <p>The order to read: {@code Ring} and {@code WorkerMain} are the way of a batch; {@code Fleet}
 * is what happens to it, with {@code Places}, which knows the workers, and {@code RetryPolicy},
 * which knows whom a death is charged to; {@code Supervisor} is what happens to workers, with
 * {@code Restarter}, which fills places, {@code Deadlines} and {@code HealthWatch}; {@code
 * CallHistory} and {@code Breaker} are what is concluded from deaths.
 *
 * <p>Locks: {@code Fleet.lock} guards which call is where and is held for some hundred nanoseconds,
 * never while a future completes, a result is checked or anything is waited for. {@code
 * WorkerSelector}'s seat is held by the one thread that sleeps in the selector; it may take {@code
 * Fleet.lock}, never the other way round. Fields of {@code Supervisor}, {@code Restarter} and
 * {@code HealthWatch} belong to the supervisor's thread.
 */
@NullMarked
package io.forebay.workers.internal.supervision;

import org.jspecify.annotations.NullMarked;
