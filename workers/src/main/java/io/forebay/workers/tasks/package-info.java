/**
 * Pools as {@link java.util.concurrent.ExecutorService}s: an add-on, which the rest does without.
 */
@NullMarked
package io.forebay.workers.tasks;

import org.jspecify.annotations.NullMarked;
