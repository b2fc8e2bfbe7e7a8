/**
 * Records as text, and text as records: {@link io.forebay.formats.MessageFormats} for messages,
 * {@link io.forebay.formats.RecordReader} for files, {@link io.forebay.formats.RowText} for
 * writing, {@link io.forebay.formats.Inference} for fields that nobody has declared.
 *
 * <pre>
 *               this package                  one class for each format and direction
 *     │         │          │         │
 *     ▼         ▼          ▼         ▼
 *   json  ◄──  csv  ◄──  points   columns     internal: how each is read; columns written
 *     │         │          │         │
 *     ▼         ▼          ▼         ▼
 *               api                           what connectors hand in, and are handed
 *                │
 *                ▼
 *        numbers, bytes                       internal
 * </pre>
 *
 * <p>A package uses those beneath it, never the other way round.
 */
@NullMarked
package io.forebay.formats;

import org.jspecify.annotations.NullMarked;
