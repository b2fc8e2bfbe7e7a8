/** Batches on their way: of which records, from which partitions, and what was rejected. */
@NullMarked
package io.forebay.engine.internal.batches;

import org.jspecify.annotations.NullMarked;
