/** Conditions on columns, read from text and tested row by row. */
@NullMarked
package io.forebay.functions.internal.conditions;

import org.jspecify.annotations.NullMarked;
