/** JSON (RFC 8259), and the lines in which it comes. */
@NullMarked
package io.forebay.formats.internal.json;

import org.jspecify.annotations.NullMarked;
