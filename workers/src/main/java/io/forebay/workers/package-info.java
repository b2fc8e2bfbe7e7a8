/** Worker pools, the worker protocol and supervision; usable without the engine. */
@NullMarked
package io.forebay.workers;

import org.jspecify.annotations.NullMarked;
