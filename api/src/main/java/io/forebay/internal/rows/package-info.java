/**
 * Rows that outlive the slot or the payload they came in, on the heap, and those that a store
 * refuses one after the other. Not for users' code: it may change with every version.
 *
 * <pre>
 *   batch ── RowCopy ──► any RecordWriter
 *                          HeapBatchBuilder ──► batch on the heap
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package io.forebay.internal.rows;
