package io.forebay.connectors.mqtt.internal.payloads;

/** Makes records of messages. */
public interface MessageReader {
  /** Hands in everything that is in the message: records, or why there are none. */
  void read(String topic, byte[] bytes, int from, int length) throws InterruptedException;
}
