/**
 * How Forebay's own modules keep files that a crash must not spoil, and what to say where the
 * system does not let them. Not for users' code: it may change at any time.
 */
@NullMarked
package io.forebay.internal.files;

import org.jspecify.annotations.NullMarked;
