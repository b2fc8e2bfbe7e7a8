/** Bytes eight at a time, UTF-8, and names found without making strings. */
@NullMarked
package io.forebay.formats.internal.bytes;

import org.jspecify.annotations.NullMarked;
