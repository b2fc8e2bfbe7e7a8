/** What is thrown, and to whom it speaks. */
@NullMarked
package io.forebay.errors;

import org.jspecify.annotations.NullMarked;
