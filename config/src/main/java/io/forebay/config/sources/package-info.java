/** The keys of sources: a record for each type. */
@NullMarked
package io.forebay.config.sources;

import org.jspecify.annotations.NullMarked;
