/** The keys of sinks: a record for each type. */
@NullMarked
package io.forebay.config.sinks;

import org.jspecify.annotations.NullMarked;
