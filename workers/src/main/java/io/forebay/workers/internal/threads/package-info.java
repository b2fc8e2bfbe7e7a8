/** Pools within this process: on the submitting thread, on threads of their own, or waiting. */
@NullMarked
package io.forebay.workers.internal.threads;

import org.jspecify.annotations.NullMarked;
