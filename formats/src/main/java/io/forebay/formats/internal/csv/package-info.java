/** CSV (RFC 4180): cells, their columns, and the values in them. */
@NullMarked
package io.forebay.formats.internal.csv;

import org.jspecify.annotations.NullMarked;
