/** The pipeline file: reading it, checking it, its JSON Schema, and the pipeline it describes. */
@NullMarked
package io.forebay.config;

import org.jspecify.annotations.NullMarked;
