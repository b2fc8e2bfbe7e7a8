/**
 * Samples of the records that pass a part of a running pipeline.
 *
 * <pre>
 *  dispatcher, sink threads ──► TapPoint ──► OpenTap ──► Mailbox ──► whoever has the Tap
 *    with each batch             one read      Where, rate,            takes them, or is given
 *                                of a field    a share of the time     no more
 * </pre>
 */
@NullMarked
package io.forebay.engine.internal.tap;

import org.jspecify.annotations.NullMarked;
