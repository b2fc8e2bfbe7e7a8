package io.forebay.connectors.mqtt;

import io.netty.handler.codec.mqtt.MqttMessageType;

/**
 * A message whose answer is awaited.
 *
 * @param partition with {@code sequence}: the record
 * @param answer what the broker is to say next
 */
record Sent(int partition, long sequence, MqttMessageType answer) {
  Sent next(MqttMessageType then) {
    return new Sent(partition, sequence, then);
  }
}
