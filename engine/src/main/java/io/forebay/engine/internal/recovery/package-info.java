/** What outputs have from earlier runs, and where this one goes on. */
@NullMarked
package io.forebay.engine.internal.recovery;

import org.jspecify.annotations.NullMarked;
