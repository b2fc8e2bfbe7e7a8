/**
 * Where the CPU time of a pipeline goes: one flame graph for each stage, Java or Python, and one
 * for the engine.
 *
 * <pre>
 *  worker (JVM): async-profiler ─┐
 *  worker (Python): its sampler ─┼─► parts: collapsed stacks, ─► Stacks ─► StageStacks ─► pages
 *  engine: async-profiler ───────┘   one file every few seconds          EngineStacks
 * </pre>
 *
 * <p>Everything is in {@code frame;frame;frame nanoseconds}, from the outermost frame to the
 * innermost, as flame graph tools read it.
 */
@NullMarked
package io.forebay.profile;

import org.jspecify.annotations.NullMarked;
