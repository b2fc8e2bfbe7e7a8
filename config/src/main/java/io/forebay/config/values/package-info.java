/** What keys are and take, and groups of keys that several records have. */
@NullMarked
package io.forebay.config.values;

import org.jspecify.annotations.NullMarked;
