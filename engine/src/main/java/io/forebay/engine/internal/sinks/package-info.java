/**
 * One sink and all that is put around it: measured, brought back when its store was away, spared
 * what it has; on a thread of its own where there are several.
 */
@NullMarked
package io.forebay.engine.internal.sinks;

import org.jspecify.annotations.NullMarked;
