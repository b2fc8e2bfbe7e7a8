/**
 * How threads of Forebay's own modules run, wait and hand over: one way for each. Not for users'
 * code: it may change with every version.
 *
 * <pre>
 *   {@link io.forebay.internal.concurrent.AgentRunner}   the outermost loop of a thread
 *   {@link io.forebay.internal.concurrent.Mailbox}       elements from many threads to many, bounded
 *   {@link io.forebay.internal.concurrent.Doorbell}      wakes one thread; what is new lies elsewhere
 *   {@link io.forebay.internal.concurrent.IdleStrategy}  a moment awake before a thread sleeps
 *   {@link io.forebay.internal.concurrent.Backoff}       how long to wait before the next attempt
 * </pre>
 *
 * <p>Everything else waits with the locks and conditions of {@code java.util.concurrent}.
 */
@org.jspecify.annotations.NullMarked
package io.forebay.internal.concurrent;
