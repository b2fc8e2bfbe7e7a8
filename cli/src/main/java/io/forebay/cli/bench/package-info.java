/**
 * A matrix of trials: each stage of a pipeline file in each place, with each number of workers and
 * each size of batches, in turns.
 *
 * <pre>
 *  MatrixOptions ──► Matrix (Cells of a stage) ──► Bench ──► BenchResult ──► text, JSON, HTML
 *                                                   │ ▲
 *                                                   ▼ │
 *                                                  Trial
 * </pre>
 */
@NullMarked
package io.forebay.cli.bench;

import org.jspecify.annotations.NullMarked;
