/** Decimal numbers and times, read from text to the last bit. */
@NullMarked
package io.forebay.formats.internal.numbers;

import org.jspecify.annotations.NullMarked;
