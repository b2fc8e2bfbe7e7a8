/**
 * MQTT brokers as sources and sinks. The order to read: {@link
 * io.forebay.connectors.mqtt.MqttSource} is a source, {@code Reception} one connection of it,
 * {@code Wire} the socket and its packets, {@code Unacknowledged} what the broker has not been
 * answered for; {@link io.forebay.connectors.mqtt.MqttSink} and {@code Publisher} are the way out.
 * What topics and payloads mean is beneath, and knows nothing of connections.
 */
@NullMarked
package io.forebay.connectors.mqtt;

import org.jspecify.annotations.NullMarked;
