/**
 * Trials of a pipeline file: stages are run for a moment on a sample of its real input, in other
 * places, with other batches and other numbers of workers.
 *
 * <pre>
 *  sources ──► Sample ──► Trial (a pipeline: SampleSource → stages → TrialSink) ──► Measured
 *             once,           again and again, each for a moment
 *             bounded
 * </pre>
 *
 * A trial knows neither the outputs of the pipeline nor its progress: nothing of them can change.
 */
@NullMarked
package io.forebay.cli.trial;

import org.jspecify.annotations.NullMarked;
