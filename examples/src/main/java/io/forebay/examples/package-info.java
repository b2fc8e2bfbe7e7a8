/** Small programs that use Forebay as a library. */
@NullMarked
package io.forebay.examples;

import org.jspecify.annotations.NullMarked;
