package io.forebay.connectors.mqtt;

/** The version of MQTT that is spoken to a broker. */
public enum MqttProtocol {
  /** MQTT 3.1.1 (OASIS, 2014). */
  V3_1_1("3.1.1"),
  /** MQTT 5 (OASIS, 2019): the client says how many messages may be unacknowledged. */
  V5("5");

  private final String text;

  MqttProtocol(String text) {
    this.text = text;
  }

  /** As it stands in pipeline files. */
  public String text() {
    return text;
  }
}
