/** A source and a sink for topics of Kafka. */
@NullMarked
package io.forebay.connectors.kafka;

import org.jspecify.annotations.NullMarked;
