/**
 * What engine and worker say to each other, drawn in {@code docs/specs/worker-protocol.md}: frames
 * over a socket while a worker starts, then a ring in shared memory, and answers in the slots or in
 * memory of the worker's own.
 */
@NullMarked
package io.forebay.workers.internal.protocol;

import org.jspecify.annotations.NullMarked;
