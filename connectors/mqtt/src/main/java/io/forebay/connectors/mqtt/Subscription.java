package io.forebay.connectors.mqtt;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The packets that a source writes besides its answers. */
final class Subscription {
  /** So many filters go into one SUBSCRIBE: brokers have limits. */
  private static final int FILTERS = 64;

  private static final int REFUSED = 0x80;

  /** The packet that unsubscribes; those that subscribe count from 1. */
  private static final int LEAVING = 65_535;

  private Subscription() {}

  /** Subscribes; returns how many answers will come. */
  static int send(Wire wire, List<String> filters, int qos) throws IOException {
    int packets = 0;
    for (int from = 0; from < filters.size(); from += FILTERS) {
      packets++;
      wire.write(
          subscribe(packets, filters.subList(from, Math.min(filters.size(), from + FILTERS)), qos));
    }
    wire.flush();
    return packets;
  }

  /**
   * Unsubscribes; the answer says nothing that matters, also not that there was no subscription.
   */
  static void leave(Wire wire, List<String> filters) throws IOException {
    if (!filters.isEmpty()) {
      MqttMessageBuilders.UnsubscribeBuilder packet =
          MqttMessageBuilders.unsubscribe().messageId(LEAVING);
      filters.forEach(packet::addTopicFilter);
      wire.write(packet.build());
    }
  }

  private static MqttSubscribeMessage subscribe(int packetId, List<String> filters, int qos) {
    // Retained messages come with a new subscription, not each time the connection is made.
    MqttSubscriptionOption option =
        new MqttSubscriptionOption(
            MqttQoS.valueOf(qos),
            false,
            false,
            MqttSubscriptionOption.RetainedHandlingPolicy.SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS);
    return new MqttSubscribeMessage(
        new MqttFixedHeader(MqttMessageType.SUBSCRIBE, false, MqttQoS.AT_LEAST_ONCE, false, 0),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
        new MqttSubscribePayload(
            filters.stream().map(filter -> new MqttTopicSubscription(filter, option)).toList()));
  }

  /**
   * Looks at the answer to one of the packets of {@link #send}.
   *
   * @throws BrokerRefusedException if a filter was not accepted as it was asked for
   */
  static void check(MqttSubAckMessage answer, List<String> filters, int qos)
      throws BrokerRefusedException {
    int first = (answer.variableHeader().messageId() - 1) * FILTERS;
    List<Integer> codes = answer.payload().reasonCodes();
    for (int i = 0; i < codes.size(); i++) {
      int code = codes.get(i);
      String filter = first + i < filters.size() ? filters.get(Math.max(0, first + i)) : "?";
      if (code >= REFUSED) {
        throw new BrokerRefusedException(
            "the broker refused the subscription to '" + filter + "': " + Reasons.ofRefusal(code),
            true);
      }
      if (code < qos) {
        throw new BrokerRefusedException(
            "the broker gives '"
                + filter
                + "' with QoS "
                + code
                + " only, not "
                + qos
                + ": ask for that with qos: "
                + code,
            true);
      }
    }
  }

  /** Says that this client is there. */
  static void announce(Wire wire, Optional<Will> will) throws IOException {
    if (will.isPresent()) {
      publish(wire, will.get().topic(), Will.ONLINE_BYTES, true);
    }
  }

  /** Publishes with QoS 0. */
  static void publish(Wire wire, String topic, byte[] payload, boolean retain) throws IOException {
    wire.write(
        new MqttPublishMessage(
            new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.AT_MOST_ONCE, retain, 0),
            new MqttPublishVariableHeader(topic, 0),
            Unpooled.wrappedBuffer(payload)));
    wire.flush();
  }
}
