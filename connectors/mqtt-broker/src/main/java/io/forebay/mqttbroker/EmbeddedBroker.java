package io.forebay.mqttbroker;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.MqttTopicSubscription;
import io.vertx.mqtt.MqttWill;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import java.net.BindException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT broker (3.1.1 and 5) on 127.0.0.1, for tests and demonstrations: QoS 0 to 2, wildcards,
 * retained messages, persistent and shared sessions, last wills. Everything is in memory; {@link
 * #stop} and {@link #start} keep it, as a broker with a store keeps it over a restart. Each message
 * goes to each client once, also if several of its subscriptions match. Thread-safe: everything
 * happens on one event loop.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final int IN_FLIGHT_3 = 1_000;
  private static final int IN_FLIGHT_5 = 65_535;
  private static final int PATIENCE_SECONDS = 30;
  private static final int MOST_ATTEMPTS = 600;

  private final BrokerOptions options;
  private final Vertx vertx;
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final Map<String, Message> retained = new LinkedHashMap<>();
  private final Map<String, Integer> turns = new HashMap<>();
  private final List<Listener> listeners = new ArrayList<>();
  private @Nullable MqttServer server;
  private int port;
  private volatile boolean accepting;

  private record Listener(TopicFilter filter, BiConsumer<String, byte[]> consumer) {}

  private EmbeddedBroker(BrokerOptions options) {
    this.options = options;
    this.port = options.port();
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1));
  }

  /** A broker that listens on a free port. */
  public static EmbeddedBroker open() {
    return open(new BrokerOptions());
  }

  /**
   * A broker that listens.
   *
   * @throws IllegalStateException if the port is in use
   */
  public static EmbeddedBroker open(BrokerOptions options) {
    EmbeddedBroker broker = new EmbeddedBroker(options);
    try {
      broker.start();
    } catch (IllegalStateException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /** Listens again on the same port, after {@link #stop}. */
  public void start() {
    accepting = true;
    MqttServer listener = listen(options.listening(port));
    server = listener;
    port = listener.actualPort();
  }

  /** A connection of another program may have got the port meanwhile: that passes. */
  private MqttServer listen(MqttServerOptions listening) {
    for (int attempt = 1; ; attempt++) {
      MqttServer starting = MqttServer.create(vertx, listening);
      starting.endpointHandler(this::connect).exceptionHandler(e -> {});
      try {
        await(starting.listen().toCompletionStage().toCompletableFuture());
        return starting;
      } catch (IllegalStateException e) {
        boolean taken =
            e.getCause() instanceof ExecutionException failed
                && failed.getCause() instanceof BindException;
        if (!taken || attempt == MOST_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS) / MOST_ATTEMPTS);
      }
    }
  }

  /** Cuts all connections and listens no more; keeps sessions and messages. */
  public void stop() {
    MqttServer stopping = server;
    if (stopping == null) {
      return;
    }
    server = null;
    accepting = false;
    onLoop(() -> {
      sessions.values().stream()
          .map(Session::endpoint)
          .filter(endpoint -> endpoint != null)
          .toList()
          .forEach(EmbeddedBroker::cut);
      return 0;
    });
    await(stopping.close().toCompletionStage().toCompletableFuture());
  }

  /** Cuts the connection of a client, without a word; returns whether it was connected. */
  public boolean cut(String clientId) {
    return onLoop(() -> {
      Session session = sessions.get(clientId);
      MqttEndpoint endpoint = session == null ? null : session.endpoint();
      if (endpoint != null) {
        cut(endpoint);
      }
      return endpoint != null;
    });
  }

  /** The port. */
  public int port() {
    return port;
  }

  /** Publishes a message, as a client would. */
  public void publish(String topic, byte[] payload, int qos, boolean retain) {
    Message message = new Message(topic, Buffer.buffer(payload), qos, retain);
    onLoop(() -> {
      route(message);
      return 0;
    });
  }

  /** Calls back for each message that matches; on the event loop, so it must not block. */
  public void listen(String filter, BiConsumer<String, byte[]> consumer) {
    Listener listener = new Listener(TopicFilter.parse(filter), consumer);
    onLoop(() -> listeners.add(listener));
  }

  /** Messages that wait for this client or are not acknowledged by it. */
  public int backlog(String clientId) {
    return onLoop(() -> {
      Session session = sessions.get(clientId);
      return session == null ? 0 : session.backlog();
    });
  }

  /** Messages that were thrown away because too many waited for a client. */
  public long dropped() {
    return onLoop(() -> sessions.values().stream().mapToLong(Session::dropped).sum());
  }

  /** Whether this client is connected. */
  public boolean isConnected(String clientId) {
    return onLoop(() -> {
      Session session = sessions.get(clientId);
      return session != null && session.endpoint() != null;
    });
  }

  /** Whether this client is connected and has subscribed to something. */
  public boolean isSubscribed(String clientId) {
    return onLoop(() -> {
      Session session = sessions.get(clientId);
      return session != null && session.endpoint() != null && session.hasSubscriptions();
    });
  }

  /** The retained message of the topic. */
  public Optional<byte[]> retained(String topic) {
    return onLoop(() -> Optional.ofNullable(retained.get(topic)).map(m -> m.payload().getBytes()));
  }

  @Override
  public void close() {
    stop();
    await(vertx.close().toCompletionStage().toCompletableFuture());
  }

  // ------------------------------------------------------------------ on the event loop

  private void connect(MqttEndpoint endpoint) {
    if (!accepting) {
      endpoint.close();
      return;
    }
    boolean five = endpoint.protocolVersion() == 5;
    if (!options.accepts(endpoint.auth())) {
      endpoint.reject(
          five
              ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD
              : MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD);
      return;
    }
    String clientId = endpoint.clientIdentifier();
    Session known = sessions.get(clientId);
    if (known != null) {
      MqttEndpoint old = known.endpoint();
      known.disconnected();
      if (old != null) {
        cut(old);
      }
    }
    boolean present = known != null && known.isPersistent() && !endpoint.isCleanSession();
    Session session =
        known != null && present ? known : new Session(clientId, options.mostQueued());
    sessions.put(clientId, session);
    boolean persistent =
        five
            ? property(endpoint, MqttProperties.SESSION_EXPIRY_INTERVAL, 0) != 0
            : !endpoint.isCleanSession();
    int window =
        five ? property(endpoint, MqttProperties.RECEIVE_MAXIMUM, IN_FLIGHT_5) : IN_FLIGHT_3;
    session.connect(endpoint, persistent, window);
    serve(endpoint, session);
    endpoint.accept(present);
    session.resume();
  }

  private static void cut(MqttEndpoint endpoint) {
    if (endpoint.isConnected()) {
      endpoint.close();
    }
  }

  private static int property(MqttEndpoint endpoint, int property, int otherwise) {
    return endpoint.connectProperties().getProperty(property)
            instanceof MqttProperties.IntegerProperty found
        ? found.value()
        : otherwise;
  }

  private void serve(MqttEndpoint endpoint, Session session) {
    boolean[] goodbye = {false};
    endpoint
        .exceptionHandler(e -> {})
        .publishHandler(message -> take(endpoint, session, message))
        .publishReleaseHandler(id -> {
          session.release(id);
          endpoint.publishComplete(id);
        })
        .publishAcknowledgeHandler(session::acknowledged)
        .publishReceivedHandler(session::received)
        .publishCompletionHandler(session::completed)
        .subscribeHandler(request -> {
          List<MqttSubAckReasonCode> codes = new ArrayList<>();
          List<Message> waiting = new ArrayList<>();
          for (MqttTopicSubscription each : request.topicSubscriptions()) {
            int qos = each.qualityOfService().value();
            codes.add(MqttSubAckReasonCode.qosGranted(MqttQoS.valueOf(qos)));
            boolean isNew = session.subscribe(each.topicName(), qos);
            RetainedHandlingPolicy policy =
                each.subscriptionOption() == null
                    ? RetainedHandlingPolicy.SEND_AT_SUBSCRIBE
                    : each.subscriptionOption().retainHandling();
            if (policy == RetainedHandlingPolicy.SEND_AT_SUBSCRIBE
                || (isNew && policy != RetainedHandlingPolicy.DONT_SEND_AT_SUBSCRIBE)) {
              waiting.addAll(retained(TopicFilter.parse(each.topicName()), qos));
            }
          }
          endpoint.subscribeAcknowledge(request.messageId(), codes, MqttProperties.NO_PROPERTIES);
          waiting.forEach(session::deliver);
        })
        .unsubscribeHandler(request -> {
          request.topics().forEach(session::unsubscribe);
          endpoint.unsubscribeAcknowledge(request.messageId());
        })
        .disconnectHandler(nothing -> goodbye[0] = true)
        .closeHandler(nothing -> {
          if (endpoint.equals(session.endpoint())) {
            session.disconnected();
            if (!session.isPersistent()) {
              sessions.remove(session.clientId(), session);
            }
          }
          MqttWill will = endpoint.will();
          if (!goodbye[0] && will != null && will.isWillFlag()) {
            route(
                new Message(
                    will.getWillTopic(),
                    Buffer.buffer(will.getWillMessageBytes()),
                    will.getWillQos(),
                    will.isWillRetain()));
          }
        });
  }

  private void take(MqttEndpoint endpoint, Session session, MqttPublishMessage published) {
    int qos = published.qosLevel().value();
    int id = published.messageId();
    if (qos < 2 || session.isFirst(id)) {
      route(new Message(published.topicName(), published.payload(), qos, published.isRetain()));
    }
    if (qos == 1) {
      endpoint.publishAcknowledge(id);
    } else if (qos == 2) {
      endpoint.publishReceived(id);
    }
  }

  private List<Message> retained(TopicFilter filter, int qos) {
    return filter.isShared()
        ? List.of()
        : retained.values().stream()
            .filter(message -> filter.matches(message.topic().split("/", -1)))
            .map(message -> message.with(qos, true))
            .toList();
  }

  private void route(Message message) {
    if (message.retain()) {
      if (message.payload().length() == 0) {
        retained.remove(message.topic());
      } else {
        retained.put(message.topic(), message);
      }
    }
    String[] levels = message.topic().split("/", -1);
    Map<String, List<Session>> groups = new LinkedHashMap<>();
    Map<String, Integer> qualities = new HashMap<>();
    for (Session session : sessions.values()) {
      int qos = session.quality(levels);
      if (qos >= 0) {
        session.deliver(message.with(qos, false));
      }
      session
          .shared(levels)
          .forEach((filter, quality) -> {
            groups.computeIfAbsent(filter, key -> new ArrayList<>()).add(session);
            qualities.put(filter, quality);
          });
    }
    groups.forEach((filter, members) -> {
      List<Session> connected = members.stream().filter(m -> m.endpoint() != null).toList();
      List<Session> able = connected.isEmpty() ? members : connected;
      int turn = turns.merge(filter, 1, Integer::sum);
      able.get(Math.floorMod(turn, able.size()))
          .deliver(message.with(qualities.getOrDefault(filter, 0), false));
    });
    for (Listener listener : listeners) {
      if (listener.filter().matches(levels)) {
        listener.consumer().accept(message.topic(), message.payload().getBytes());
      }
    }
  }

  private <T> T onLoop(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    vertx.runOnContext(nothing -> {
      try {
        done.complete(work.get());
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    return await(done);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the broker", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "the broker could not do that: " + (e.getCause() == null ? e : e.getCause().getMessage()),
          e);
    }
  }
}
