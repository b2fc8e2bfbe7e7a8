/** From the intake through the stages: how big batches get, who computes them, in which order. */
@NullMarked
package io.forebay.engine.internal.dispatch;

import org.jspecify.annotations.NullMarked;
