package io.forebay.connectors.mqtt;

import io.forebay.Rejection;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.connectors.mqtt.internal.payloads.MessageReader;
import io.forebay.connectors.mqtt.internal.payloads.NumberedRecords;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Backoff;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Receives: connects, subscribes, hands messages in, and connects again when the connection is
 * lost. Runs on a thread of its own, the reading thread, from the source's start until the source
 * is closed; once the gate is closed it hands nothing in any more and only serves the
 * acknowledgements that are still to be sent. A thread beside it, for each connection, writes them.
 */
final class Reception implements Runnable {
  /**
   * What is received, and how.
   *
   * @param covered filters that others cover: an earlier run may have subscribed to them, too
   */
  record Settings(
      MqttBroker broker,
      Opening opening,
      List<String> filters,
      List<String> covered,
      int qos,
      int payloadLimit,
      Backoff backoff) {}

  private static final System.Logger LOG = System.getLogger(Reception.class.getName());
  private static final int FAREWELL_MS = 2_000;

  private final Settings settings;
  private final SourceContext context;
  private final Gate gate;
  private final Unacknowledged unacknowledged;
  private final NumberedRecords records;
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private final CRC32C checksum = new CRC32C();
  private @Nullable MessageReader reader;
  private volatile @Nullable Wire wire;
  private boolean subscribed;
  private int awaited;

  Reception(
      Settings settings,
      SourceContext context,
      Gate gate,
      Unacknowledged unacknowledged,
      NumberedRecords records) {
    this.settings = settings;
    this.context = context;
    this.gate = gate;
    this.unacknowledged = unacknowledged;
    this.records = records;
  }

  /** Before the thread starts. */
  void reader(MessageReader messages) {
    reader = messages;
  }

  /** Completes when the thread is about to end; exceptionally if it cannot go on. */
  CompletableFuture<@Nullable Void> ended() {
    return ended;
  }

  @Override
  public void run() {
    try {
      while (!gate.isStopped()) {
        String lost = connection();
        if (gate.isStopped()) {
          break;
        }
        context.state(SourceState.DISCONNECTED, lost);
        LOG.log(Level.WARNING, "source ''{0}'': {1}; trying again", context.name(), lost);
        gate.pause(settings.backoff().next().toNanos());
      }
      ended.complete(null);
    } catch (Throwable e) {
      ended.completeExceptionally(e);
    }
  }

  /** From connecting to the loss of the connection; returns why it was lost. */
  private String connection() throws IOException, InterruptedException {
    MqttBroker broker = settings.broker();
    context.state(SourceState.CONNECTING, broker.address());
    Thread writer = null;
    try (Wire connected = Wire.open(broker, settings.opening(), settings.payloadLimit())) {
      if (subscribed && !connected.sessionPresent()) {
        LOG.log(
            Level.WARNING,
            "source ''{0}'': the broker {1} has forgotten the session: what was published since"
                + " the connection was lost is lost",
            context.name(),
            broker.address());
      }
      int connection = unacknowledged.connected(connected.sessionPresent());
      AnswerWriter answers =
          new AnswerWriter(connected, unacknowledged, connection, settings.opening().will());
      writer =
          Thread.ofVirtual()
              .name("forebay-mqtt-answers-" + context.name())
              // This thread finds out that the connection is closed, and connects again.
              .start(AgentRunner.once(answers::run, e -> hangUp(connected)));
      wire = connected;
      serve(connected);
      return "";
    } catch (BrokerRefusedException e) {
      if (e.isLasting() && !subscribed) {
        throw e;
      }
      return broker.address() + ": " + e.getMessage();
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return "no connection to " + broker.address() + " (" + why + ")";
    } finally {
      wire = null;
      if (writer != null) {
        unacknowledged.lost();
        writer.join();
      }
    }
  }

  private static void hangUp(Wire connected) {
    connected.close();
  }

  private void serve(Wire connected) throws IOException {
    if (subscribed && connected.sessionPresent()) {
      ready();
    } else {
      if (connected.sessionPresent()) {
        Subscription.leave(connected, settings.covered());
      }
      awaited = Subscription.send(connected, settings.filters(), settings.qos());
    }
    Subscription.announce(connected, settings.opening().will());
    while (true) {
      switch (connected.read()) {
        case MqttPublishMessage message -> publish(message);
        case PacketReader.TooLong tooLong -> tooLong(tooLong);
        case MqttSubAckMessage answer -> {
          Subscription.check(answer, settings.filters(), settings.qos());
          if (--awaited == 0) {
            ready();
          }
        }
        case MqttMessage message -> other(message);
        default -> throw new AssertionError("a wire has no other packets");
      }
    }
  }

  private void ready() {
    subscribed = true;
    settings.backoff().succeeded();
    context.state(SourceState.CONNECTED, settings.broker().address());
  }

  private void other(MqttMessage message) {
    switch (message.fixedHeader().messageType()) {
      case PUBREL ->
          unacknowledged.released(
              ((MqttMessageIdVariableHeader) message.variableHeader()).messageId());
      default -> {
        // PINGRESP: that something came is all that counts.
      }
    }
  }

  private void publish(MqttPublishMessage message) {
    String topic = message.variableHeader().topicName();
    ByteBuf payload = message.payload();
    int length = payload.readableBytes();
    int from = payload.arrayOffset() + payload.readerIndex();
    int qos = message.fixedHeader().qosLevel().value();
    int packetId = message.variableHeader().packetId();
    byte[] bytes = payload.array();
    receive(
        qos,
        packetId,
        message.fixedHeader().isDup(),
        qos == 0 ? 0 : checksum(topic, bytes, from, length),
        () -> {
          if (length > settings.payloadLimit()) {
            records.reject(
                topic, tooLongSentence(length), Rejection.Text.of(bytes, from, from + length));
          } else if (reader != null) {
            reader.read(topic, bytes, from, length);
          }
        });
  }

  private void tooLong(PacketReader.TooLong message) {
    receive(
        message.qos(),
        message.packetId(),
        message.dup(),
        message.topic().hashCode() ^ message.bytes(),
        () ->
            records.reject(
                message.topic(),
                tooLongSentence(message.bytes()),
                Rejection.Text.NONE.followedBy(message.bytes())));
  }

  private String tooLongSentence(int bytes) {
    return "the message of "
        + bytes
        + " bytes is longer than "
        + settings.payloadLimit()
        + " bytes, so it was left out";
  }

  private int checksum(String topic, byte[] bytes, int from, int length) {
    checksum.reset();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue() ^ topic.hashCode();
  }

  private interface HandIn {
    void run() throws InterruptedException;
  }

  private void receive(int qos, int packetId, boolean dup, int sum, HandIn records0) {
    if (!gate.enter()) {
      return; // It is not answered, so the broker sends it again to the next run.
    }
    try {
      if (qos == 0) {
        records0.run();
      } else if (unacknowledged.isNew(packetId, qos, dup, sum)) {
        Unacknowledged.Message message = unacknowledged.received(packetId, qos, sum);
        records0.run();
        unacknowledged.complete(message, records.last());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The gate takes note of it.
    } finally {
      gate.leave();
    }
  }

  /** Publishes, if there is a connection. For the reading thread. */
  void send(String topic, byte[] payload) {
    Wire connected = wire;
    if (connected == null) {
      return;
    }
    try {
      Subscription.publish(connected, topic, payload, false);
    } catch (IOException e) {
      // The reading thread finds out, and connects again.
    }
  }

  /**
   * Sends what is still to be acknowledged, says goodbye, and ends the thread, within a few
   * seconds. Nothing may be handed in any more.
   */
  void close(Thread thread) {
    Wire connected = wire;
    unacknowledged.close();
    if (connected != null) {
      try {
        connected.patience(FAREWELL_MS);
      } catch (IOException e) {
        // It is closed already.
      }
    }
    boolean interrupted = false;
    try {
      if (!thread.join(Duration.ofMillis(FAREWELL_MS)) && connected != null) {
        connected.close();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      if (connected != null) {
        connected.close();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
