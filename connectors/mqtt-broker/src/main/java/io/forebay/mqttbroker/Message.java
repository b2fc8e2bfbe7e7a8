package io.forebay.mqttbroker;

import io.vertx.core.buffer.Buffer;

/** A message on its way. */
record Message(String topic, Buffer payload, int qos, boolean retain) {
  Message with(int lesserQos, boolean retained) {
    return new Message(topic, payload, Math.min(qos, lesserQos), retained);
  }
}
