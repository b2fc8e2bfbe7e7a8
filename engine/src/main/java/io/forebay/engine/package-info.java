/** Pipelines: batching, dispatch, order, delivery, acknowledgement and lifecycle. */
@NullMarked
package io.forebay.engine;

import org.jspecify.annotations.NullMarked;
