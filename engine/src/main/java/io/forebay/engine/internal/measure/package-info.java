/** Counts and times while a pipeline runs: of sources, stages, outputs and the machine. */
@NullMarked
package io.forebay.engine.internal.measure;

import org.jspecify.annotations.NullMarked;
