/** What has to hold between keys, beyond the type of each. */
@NullMarked
package io.forebay.config.internal.rules;

import org.jspecify.annotations.NullMarked;
