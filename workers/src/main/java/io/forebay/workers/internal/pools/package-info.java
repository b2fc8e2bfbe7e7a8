/**
 * Pools that are used alone have slots of their own: who gets one, how arguments get into it and
 * results out of it, and what becomes of a call whose slot has cost a worker.
 */
@NullMarked
package io.forebay.workers.internal.pools;

import org.jspecify.annotations.NullMarked;
