/** A pipeline as it was described, checked before anything starts, and who it is to its outputs. */
@NullMarked
package io.forebay.engine.internal.plan;

import org.jspecify.annotations.NullMarked;
