/** Fields, and the values of one field in the rows of a batch: read, and written. */
@NullMarked
package io.forebay.columns;

import org.jspecify.annotations.NullMarked;
