/**
 * How Forebay's own modules keep files that a crash must not spoil. Not for users' code: it may
 * change at any time.
 */
@NullMarked
package io.forebay.internal.files;

import org.jspecify.annotations.NullMarked;
