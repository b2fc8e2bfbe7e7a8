/**
 * A running pipeline's metrics and traces, sent to whoever understands OTLP. What receives them may
 * be slow, stuck or away: the pipeline does not notice.
 */
@NullMarked
package io.forebay.otel;

import org.jspecify.annotations.NullMarked;
