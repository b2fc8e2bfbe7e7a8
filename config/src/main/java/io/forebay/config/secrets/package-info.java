/** What must not be printed, in any of the forms in which it may turn up. */
@NullMarked
package io.forebay.config.secrets;

import org.jspecify.annotations.NullMarked;
