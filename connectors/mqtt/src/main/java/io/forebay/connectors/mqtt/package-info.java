/** Source and sink for MQTT brokers, and a codec for Sparkplug B. */
@NullMarked
package io.forebay.connectors.mqtt;

import org.jspecify.annotations.NullMarked;
