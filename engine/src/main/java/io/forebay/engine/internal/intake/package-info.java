/** Where sources meet the engine: rows come in, wait for room, and are acknowledged. */
@NullMarked
package io.forebay.engine.internal.intake;

import org.jspecify.annotations.NullMarked;
