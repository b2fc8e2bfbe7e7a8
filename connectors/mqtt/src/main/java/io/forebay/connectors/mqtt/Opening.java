package io.forebay.connectors.mqtt;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What a client says of itself when it connects.
 *
 * @param clientId by which the broker knows its session
 * @param sessionExpiry how long the broker keeps the session without a connection; 0: not at all,
 *     and one that is there is forgotten
 * @param receiveMaximum how many messages of QoS 1 and 2 the broker may send before the first one
 *     is acknowledged; told with MQTT 5 only
 */
record Opening(String clientId, Duration sessionExpiry, int receiveMaximum, Optional<Will> will) {
  private static final long FOREVER = 0xFFFF_FFFFL;

  MqttConnectMessage message(MqttBroker broker) {
    boolean five = broker.protocol() == MqttProtocol.V5;
    MqttMessageBuilders.ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .protocolVersion(five ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1)
            .clientId(clientId)
            .cleanSession(sessionExpiry.isZero())
            .keepAlive(Math.toIntExact(broker.keepAlive().toSeconds()));
    broker
        .login()
        .ifPresent(login ->
            connect
                .username(login.user())
                .password(login.password().getBytes(StandardCharsets.UTF_8)));
    will.ifPresent(status ->
        connect
            .willFlag(true)
            .willTopic(status.topic())
            .willMessage(Will.OFFLINE_BYTES)
            .willQoS(MqttQoS.AT_LEAST_ONCE)
            .willRetain(true));
    if (five) {
      MqttProperties properties = new MqttProperties();
      long seconds = Math.min(sessionExpiry.toSeconds(), FOREVER);
      properties.add(new IntegerProperty(MqttProperties.SESSION_EXPIRY_INTERVAL, (int) seconds));
      properties.add(new IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, receiveMaximum));
      connect.properties(properties);
    }
    return connect.build();
  }
}
