/** From text to records: YAML, what is put into it, and every mistake by its line and key. */
@NullMarked
package io.forebay.config.internal.reading;

import org.jspecify.annotations.NullMarked;
