/** The pool of worker processes behind the Python package {@code forebay}. */
@NullMarked
package io.forebay.cli.python;

import org.jspecify.annotations.NullMarked;
