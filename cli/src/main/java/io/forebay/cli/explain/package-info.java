/**
 * Trials of a pipeline file: its stages are run on a sample of its real input, in other places,
 * with other batches and other numbers of workers, and what came of it is said in words.
 *
 * <pre>
 *  sources ──► Sample ──► Trial (a pipeline: SampleSource → stages → TrialSink) ──► Measured
 *             once,           again and again, each for a moment                      │
 *             bounded                                                                 ▼
 *                             Explanation ◄── Advice (one Change) ◄── StageReport ◄── StageTrials
 * </pre>
 *
 * A trial knows neither the outputs of the pipeline nor its progress: nothing of them can change.
 */
@NullMarked
package io.forebay.cli.explain;

import org.jspecify.annotations.NullMarked;
