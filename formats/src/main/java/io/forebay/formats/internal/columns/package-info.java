/** The values of columns as text, for every format that is written. */
@NullMarked
package io.forebay.formats.internal.columns;

import org.jspecify.annotations.NullMarked;
