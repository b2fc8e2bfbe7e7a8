package io.forebay.config.values;

import io.forebay.formats.api.MessageFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How the payload of an MQTT message is written.
 *
 * @param format one of the formats of messages; empty: Sparkplug B
 */
public record MqttPayload(Optional<MessageFormat> format) {
  /** All of them, by their names in pipeline files. */
  public static Map<String, MqttPayload> byName() {
    Map<String, MqttPayload> all = new LinkedHashMap<>();
    for (MessageFormat format : MessageFormat.values()) {
      all.put(format.text(), new MqttPayload(Optional.of(format)));
    }
    all.put("sparkplug-b", new MqttPayload(Optional.empty()));
    return all;
  }
}
