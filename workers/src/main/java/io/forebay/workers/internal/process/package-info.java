/**
 * What runs in a worker process: one loop that calls the function, and one thread that gives signs
 * of life.
 */
@NullMarked
package io.forebay.workers.internal.process;

import org.jspecify.annotations.NullMarked;
