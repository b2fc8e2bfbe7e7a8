/** Cleaning of lists: bursts of samples, and windows that have their readings as lists. */
@NullMarked
package io.forebay.functions.lists;

import org.jspecify.annotations.NullMarked;
