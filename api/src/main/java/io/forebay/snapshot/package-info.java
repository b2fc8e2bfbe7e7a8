/** A pipeline at one instant: what was counted and measured, and how it was set up. */
@NullMarked
package io.forebay.snapshot;

import org.jspecify.annotations.NullMarked;
