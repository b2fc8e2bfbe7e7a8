/**
 * What functions say of themselves, and the parameters that they are given: declared once, with
 * type, range and default; read, refused and listed from there.
 */
@NullMarked
package io.forebay.parameters;

import org.jspecify.annotations.NullMarked;
