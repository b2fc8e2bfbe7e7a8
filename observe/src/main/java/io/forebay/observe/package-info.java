/** Meters, their exports, and the verdict drawn from two snapshots of them. */
@NullMarked
package io.forebay.observe;

import org.jspecify.annotations.NullMarked;
