/**
 * One call of a function on a batch, measured, repeated row by row where it throws, interrupted
 * only by whom it concerns; the same in worker processes and on threads.
 */
@NullMarked
package io.forebay.workers.internal.calls;

import org.jspecify.annotations.NullMarked;
