/**
 * Rows that outlive the slot or the payload they came in, on the heap. Not for users' code: it may
 * change with every version.
 *
 * <pre>
 *   batch ── RowCopy ──► any RecordWriter
 *                          HeapBatchBuilder ──► batch on the heap
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package io.forebay.internal.rows;
