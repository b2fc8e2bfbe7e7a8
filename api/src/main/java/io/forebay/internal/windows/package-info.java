/**
 * What workers do for windows: partial results of the records of a batch. Not for users' code: it
 * may change with every version.
 */
@NullMarked
package io.forebay.internal.windows;

import org.jspecify.annotations.NullMarked;
