/** For which part of a pipeline a thread works, so that what is logged can say so. */
@NullMarked
package io.forebay.internal.log;

import org.jspecify.annotations.NullMarked;
