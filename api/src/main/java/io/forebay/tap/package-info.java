/**
 * Samples of the records of a running pipeline, for whoever wants to see what is in them.
 *
 * <pre>
 *   pipeline ──► a part that records pass ──► Tap: a few of them, copied ──► whoever looks on
 *                 costs a read of a field        bounded, dropped where
 *                 while nobody has a tap         nobody takes them
 * </pre>
 */
@NullMarked
package io.forebay.tap;

import org.jspecify.annotations.NullMarked;
