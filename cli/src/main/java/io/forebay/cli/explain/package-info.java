/**
 * What trials of a pipeline file tell, in words.
 *
 * <pre>
 *  Trial ──► StageTrials ──► StageReport ──► Advice (one Change) ──► Explanation ──► text, JSON, HTML
 * </pre>
 */
@NullMarked
package io.forebay.cli.explain;

import org.jspecify.annotations.NullMarked;
