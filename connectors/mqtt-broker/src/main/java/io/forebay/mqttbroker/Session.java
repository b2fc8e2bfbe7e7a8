package io.forebay.mqttbroker;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the broker knows of a client, beyond its connection if the session is persistent. Used on
 * the broker's event loop.
 */
final class Session {
  private static final int IDENTIFIERS = 65_535;

  private final String clientId;
  private final int mostQueued;
  private final Map<String, TopicFilter> filters = new LinkedHashMap<>();
  private final Map<String, Integer> qualities = new LinkedHashMap<>();

  /** Sent and not acknowledged, in the order in which it was sent. */
  private final Map<Integer, Message> inFlight = new LinkedHashMap<>();

  /** Of QoS 2: the client has it, and was told so. */
  private final Set<Integer> released = new HashSet<>();

  /** From this client, of QoS 2: passed on, not released yet. */
  private final Set<Integer> received = new HashSet<>();

  private final ArrayDeque<Message> queue = new ArrayDeque<>();
  private @Nullable MqttEndpoint endpoint;
  private boolean persistent;
  private int window = 1;
  private int identifier;
  private int unwritten;
  private long dropped;

  Session(String clientId, int mostQueued) {
    this.clientId = clientId;
    this.mostQueued = mostQueued;
  }

  String clientId() {
    return clientId;
  }

  /** A connection begins: what was sent and not acknowledged is sent again. */
  void connect(MqttEndpoint connected, boolean keep, int mostInFlight) {
    endpoint = connected;
    persistent = keep;
    window = mostInFlight;
    unwritten = 0;
  }

  void resume() {
    MqttEndpoint to = endpoint;
    if (to == null) {
      return;
    }
    inFlight.forEach((id, message) -> {
      if (released.contains(id)) {
        to.publishRelease(id);
      } else {
        publish(to, message, id, true);
      }
    });
    pump();
  }

  @Nullable MqttEndpoint endpoint() {
    return endpoint;
  }

  void disconnected() {
    endpoint = null;
  }

  boolean isPersistent() {
    return persistent;
  }

  // ------------------------------------------------------------------ subscriptions

  /** Returns whether the subscription is new. */
  boolean subscribe(String filter, int qos) {
    qualities.put(filter, qos);
    return filters.put(filter, TopicFilter.parse(filter)) == null;
  }

  boolean hasSubscriptions() {
    return !filters.isEmpty();
  }

  void unsubscribe(String filter) {
    filters.remove(filter);
    qualities.remove(filter);
  }

  /** The highest QoS of the plain subscriptions that match, or -1. */
  int quality(String[] topic) {
    int best = -1;
    for (TopicFilter filter : filters.values()) {
      if (!filter.isShared() && filter.matches(topic)) {
        best = Math.max(best, qualities.getOrDefault(filter.text(), 0));
      }
    }
    return best;
  }

  /** The shared subscriptions that match, with their QoS. */
  Map<String, Integer> shared(String[] topic) {
    Map<String, Integer> found = new LinkedHashMap<>();
    for (TopicFilter filter : filters.values()) {
      if (filter.isShared() && filter.matches(topic)) {
        found.put(filter.text(), qualities.getOrDefault(filter.text(), 0));
      }
    }
    return found;
  }

  // ------------------------------------------------------------------ to the client

  /** Sends the message, or keeps it until it can be sent. */
  void deliver(Message message) {
    MqttEndpoint to = endpoint;
    if (message.qos() == 0) {
      if (to != null && unwritten < mostQueued) {
        publish(to, message, 0, false);
      } else {
        dropped++;
      }
      return;
    }
    if (queue.size() >= mostQueued) {
      dropped++;
      return;
    }
    queue.add(message);
    pump();
  }

  private void pump() {
    MqttEndpoint to = endpoint;
    while (to != null && inFlight.size() < window && !queue.isEmpty()) {
      do {
        identifier = identifier % IDENTIFIERS + 1;
      } while (inFlight.containsKey(identifier));
      Message message = queue.remove();
      inFlight.put(identifier, message);
      publish(to, message, identifier, false);
    }
  }

  private void publish(MqttEndpoint to, Message message, int id, boolean dup) {
    if (!to.isConnected()) {
      return; // It is sent again when the client comes back.
    }
    unwritten++;
    to.publish(
            message.topic(),
            Buffer.buffer(message.payload().getBytes()),
            MqttQoS.valueOf(message.qos()),
            dup,
            message.retain(),
            id)
        .onComplete(written -> unwritten--);
  }

  void acknowledged(int id) {
    inFlight.remove(id);
    pump();
  }

  void received(int id) {
    MqttEndpoint to = endpoint;
    if (to != null && inFlight.containsKey(id)) {
      released.add(id);
      if (to.isConnected()) {
        to.publishRelease(id);
      }
    }
  }

  void completed(int id) {
    released.remove(id);
    acknowledged(id);
  }

  // ------------------------------------------------------------------ from the client

  /** Whether a message of QoS 2 from this client was not passed on before. */
  boolean isFirst(int id) {
    return received.add(id);
  }

  void release(int id) {
    received.remove(id);
  }

  /** Messages that wait or are not acknowledged. */
  int backlog() {
    return queue.size() + inFlight.size();
  }

  /** Messages that were thrown away because too many waited. */
  long dropped() {
    return dropped;
  }
}
