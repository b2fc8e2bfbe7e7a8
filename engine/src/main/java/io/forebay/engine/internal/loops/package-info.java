/** The loops of the engine's threads, their clock, and what they are told from outside. */
@NullMarked
package io.forebay.engine.internal.loops;

import org.jspecify.annotations.NullMarked;
