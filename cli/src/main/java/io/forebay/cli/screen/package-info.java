/** The terminal: who prints on it, what stays at its bottom, and what is not to be read there. */
@NullMarked
package io.forebay.cli.screen;

import org.jspecify.annotations.NullMarked;
