/** What user code compiles against: schemas, batches, functions, sources and sinks. */
@NullMarked
package io.forebay;

import org.jspecify.annotations.NullMarked;
