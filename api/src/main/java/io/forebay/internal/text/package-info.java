/** What error messages need: words that somebody may have meant. */
@NullMarked
package io.forebay.internal.text;

import org.jspecify.annotations.NullMarked;
