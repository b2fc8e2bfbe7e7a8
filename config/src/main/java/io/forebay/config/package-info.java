/**
 * Pipeline files: {@link io.forebay.config.PipelineFile} reads and checks one, {@link
 * io.forebay.config.Pipelines} makes a pipeline of it.
 *
 * <pre>
 *         this package
 *              │
 *              ▼
 *       internal.rules        what YAML cannot say: what goes together
 *              │
 *              ▼
 *      internal.reading       YAML, ${…}, --set; bound to records
 *              │
 *              ▼
 *            model            the file as records
 *              │
 *              ▼
 *    sources, sinks           one record for each type
 *              │
 *              ▼
 *    values, secrets          what keys take
 * </pre>
 *
 * <p>A package uses those beneath it, never the other way round.
 */
@NullMarked
package io.forebay.config;

import org.jspecify.annotations.NullMarked;
