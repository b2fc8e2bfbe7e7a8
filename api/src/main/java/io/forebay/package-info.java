/**
 * What user code compiles against: schemas and batches, functions, sources and sinks. The columns
 * of a batch are in {@code io.forebay.columns}, what is measured of a pipeline in {@code
 * io.forebay.snapshot}; what is {@code internal} is Forebay's own.
 */
@NullMarked
package io.forebay;

import org.jspecify.annotations.NullMarked;
