/**
 * The terms of worker pools: what a pool is ({@link io.forebay.workers.api.WorkerPool}), what
 * becomes of a batch ({@link io.forebay.workers.api.Completion}), how functions are named ({@link
 * io.forebay.workers.api.FunctionSpec}), and how pools and their processes are to be.
 */
@NullMarked
package io.forebay.workers.api;

import org.jspecify.annotations.NullMarked;
