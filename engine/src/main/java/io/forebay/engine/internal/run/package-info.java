/** One run of a pipeline: everything made, connected, started, ended and measured. */
@NullMarked
package io.forebay.engine.internal.run;

import org.jspecify.annotations.NullMarked;
