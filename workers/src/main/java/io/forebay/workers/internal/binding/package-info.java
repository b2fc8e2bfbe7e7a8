/**
 * The classes of functions, and the records and values that they take, bound to columns. Loaded by
 * every worker that starts: nothing here may cost time before it is needed.
 */
@NullMarked
package io.forebay.workers.internal.binding;

import org.jspecify.annotations.NullMarked;
