/**
 * Summaries of many values in bounded memory. What a sketch holds is a function of the values
 * alone: not of their order, nor of the parts that were merged.
 */
@NullMarked
package io.forebay.functions.internal.sketches;

import org.jspecify.annotations.NullMarked;
