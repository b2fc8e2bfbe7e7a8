/** The terms of pipelines: their stages, how big batches are, how a run ended. */
@NullMarked
package io.forebay.engine.api;

import org.jspecify.annotations.NullMarked;
