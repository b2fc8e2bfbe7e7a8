package io.forebay.connectors.mqtt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Refusal;
import io.forebay.errors.RetryableException;
import io.forebay.internal.concurrent.AgentRunner;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes over one connection, and knows what the broker has taken.
 *
 * <p>{@link #publish}, {@link #confirm} and {@link #close} belong to one thread, the sink's. A
 * reading thread takes the broker's answers, another one keeps the connection alive. What they
 * share is guarded by {@code lock}. When the connection is lost, both end, and the sink's thread is
 * told at its next call.
 */
@SuppressWarnings("GuardedBy") // What await() is given asks under the lock.
final class Publisher {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int IDENTIFIERS = 1 << 16;
  private static final int REFUSED = 0x80;

  /** Mosquitto cuts off who has more of QoS 2 unanswered, and only in MQTT 5 says so before. */
  private static final int MOST_OF_QOS_2 = 20;

  private final Wire wire;
  private final MqttQoS qos;
  private final boolean retain;
  private final String address;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();

  /** By packet identifier: the message whose answer is awaited, or null. */
  private final @Nullable Sent[] awaited = new @Nullable Sent[IDENTIFIERS];

  @GuardedBy("lock")
  private final List<Refusal> refused = new ArrayList<>();

  private final Thread[] threads;

  @GuardedBy("lock")
  private int inFlight;

  @GuardedBy("lock")
  private int identifier;

  @GuardedBy("lock")
  private long pings;

  @GuardedBy("lock")
  private long pongs;

  @GuardedBy("lock")
  private long answers;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private @Nullable IOException lost;

  @GuardedBy("lock")
  private String busy = "";

  /**
   * @param inFlight how many messages may be unanswered at a time
   */
  private Publisher(MqttBroker broker, Wire wire, int qos, boolean retain, int inFlight) {
    this.wire = wire;
    this.qos = MqttQoS.valueOf(qos);
    this.retain = retain;
    this.address = broker.address();
    boolean silent = qos == 2 && broker.protocol() == MqttProtocol.V3_1_1;
    this.most = Math.min(inFlight, silent ? MOST_OF_QOS_2 : wire.receiveMaximum());
    this.threads =
        new Thread[] {
          Thread.ofVirtual()
              .name("forebay-mqtt-sink-reader")
              .unstarted(AgentRunner.once(this::read, this::lost)),
          Thread.ofVirtual()
              .name("forebay-mqtt-sink-pinger")
              .unstarted(
                  AgentRunner.once(this::keepAlive, e -> wire.close())) // The reader finds out.
        };
  }

  /**
   * Connects.
   *
   * @throws RetryableException if the broker is away
   */
  static Publisher open(MqttBroker broker, Opening opening, int qos, boolean retain, int inFlight)
      throws IOException {
    Wire wire;
    try {
      wire = Wire.open(broker, opening, 1 << 20);
    } catch (BrokerRefusedException e) {
      if (e.isLasting()) {
        throw e;
      }
      throw new RetryableException(broker.address() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RetryableException("no connection to " + broker.address() + " (" + why(e) + ")", e);
    }
    Publisher publisher = new Publisher(broker, wire, qos, retain, inFlight);
    for (Thread thread : publisher.threads) {
      thread.start();
    }
    return publisher;
  }

  private static String why(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  // ------------------------------------------------------------------ the sink's thread

  /** How large a packet the broker takes. */
  long mostBytes() {
    return wire.mostBytes();
  }

  /**
   * Publishes; waits while too much is unanswered. The payload is read during the call only.
   *
   * @param partition with {@code sequence}: the record
   */
  void publish(
      int partition,
      long sequence,
      String topic,
      byte[] payload,
      int length,
      MqttProperties properties)
      throws IOException {
    int packetId = qos == MqttQoS.AT_MOST_ONCE ? 0 : nextIdentifier(partition, sequence);
    try {
      wire.write(
          new MqttPublishMessage(
              new MqttFixedHeader(MqttMessageType.PUBLISH, false, qos, retain, 0),
              new MqttPublishVariableHeader(topic, packetId, properties),
              Unpooled.wrappedBuffer(payload, 0, length)));
    } catch (IOException e) {
      throw away(e);
    }
  }

  private int nextIdentifier(int partition, long sequence) throws IOException {
    lock.lock();
    try {
      if (inFlight >= most) {
        lock.unlock();
        try {
          flush();
        } finally {
          lock.lock();
        }
        await(() -> inFlight < most);
      }
      check();
      do {
        identifier = identifier % (IDENTIFIERS - 1) + 1;
      } while (awaited[identifier] != null);
      boolean once = qos == MqttQoS.AT_LEAST_ONCE;
      awaited[identifier] =
          new Sent(partition, sequence, once ? MqttMessageType.PUBACK : MqttMessageType.PUBREC);
      inFlight++;
      return identifier;
    } finally {
      lock.unlock();
    }
  }

  /** What the broker has refused since the last call. */
  List<Refusal> refused() {
    lock.lock();
    try {
      List<Refusal> all = List.copyOf(refused);
      refused.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what was published and is not sent yet. */
  void flush() throws IOException {
    try {
      wire.flush();
    } catch (IOException e) {
      throw away(e);
    }
  }

  /** Waits until the broker has taken everything. */
  void confirm() throws IOException {
    try {
      lock.lock();
      try {
        pings++;
      } finally {
        lock.unlock();
      }
      // Its answer comes behind those to everything before: that is what QoS 0 has.
      wire.ping();
    } catch (IOException e) {
      throw away(e);
    }
    lock.lock();
    try {
      await(() -> inFlight == 0 && pongs >= pings);
    } finally {
      lock.unlock();
    }
  }

  /** Waits, with the lock, as long as answers come. */
  @GuardedBy("lock")
  private void await(BooleanSupplier done) throws IOException {
    long seen = answers;
    long left = PATIENCE_NANOS;
    try {
      while (true) {
        check();
        if (done.getAsBoolean()) {
          return;
        }
        if (left <= 0) {
          throw new RetryableException(
              address
                  + " has not answered for "
                  + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)
                  + " s");
        }
        left = change.awaitNanos(left);
        if (answers != seen) {
          seen = answers;
          left = PATIENCE_NANOS;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the broker");
    }
  }

  @GuardedBy("lock")
  private void check() throws IOException {
    if (!busy.isEmpty()) {
      throw new RetryableException(busy);
    }
    if (lost != null) {
      throw away(lost);
    }
  }

  private RetryableException away(IOException e) {
    return new RetryableException("lost the connection to " + address + " (" + why(e) + ")", e);
  }

  /** Says goodbye if it can, and lets go of the connection. */
  void close() {
    lock.lock();
    try {
      closed = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      wire.disconnect();
    } catch (IOException e) {
      // It is lost.
    }
    wire.close();
  }

  // ------------------------------------------------------------------ the reading thread

  private void read() throws IOException {
    while (true) {
      if (wire.read() instanceof MqttMessage message) {
        answer(message);
      }
    }
  }

  private void lost(Throwable cause) {
    lock.lock();
    try {
      lost = cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
      change.signalAll();
    } finally {
      lock.unlock();
    }
    wire.close();
  }

  private void answer(MqttMessage message) throws IOException {
    MqttMessageType type = message.fixedHeader().messageType();
    int released = 0;
    lock.lock();
    try {
      answers++;
      if (type == MqttMessageType.PINGRESP) {
        pongs++;
      } else if (message.variableHeader() instanceof MqttMessageIdVariableHeader header) {
        int id = header.messageId();
        int code =
            header instanceof MqttPubReplyMessageVariableHeader reply
                ? reply.reasonCode() & 0xFF
                : 0;
        Sent sent = awaited[id];
        if (sent == null || sent.answer() != type) {
          return; // Nobody has asked.
        }
        if (type == MqttMessageType.PUBREC && code < REFUSED) {
          awaited[id] = sent.next(MqttMessageType.PUBCOMP);
          released = id;
        } else {
          awaited[id] = null;
          inFlight--;
          if (code >= REFUSED) {
            refuse(sent, code);
          }
        }
      }
      change.signalAll();
    } finally {
      lock.unlock();
    }
    if (released != 0) {
      wire.writeAnswer(MqttMessageType.PUBREL, released);
      wire.flush();
    }
  }

  @GuardedBy("lock")
  private void refuse(Sent sent, int code) {
    if (Reasons.isForNow(code)) {
      busy = "the broker " + address + " takes no message now: " + Reasons.ofRefusal(code);
      return;
    }
    refused.add(
        new Refusal(
            sent.partition(),
            sent.sequence(),
            "the broker " + address + " refuses the message: " + Reasons.ofRefusal(code),
            "reason code 0x" + Integer.toHexString(code)));
  }

  // ------------------------------------------------------------------ the pinging thread

  private void keepAlive() {
    long every = wire.keepAlive().toNanos() / 2;
    try {
      while (true) {
        lock.lock();
        try {
          long left = every;
          while (left > 0 && !closed && lost == null) {
            left = change.awaitNanos(left);
          }
          if (closed || lost != null) {
            return;
          }
          pings++;
        } finally {
          lock.unlock();
        }
        wire.ping();
      }
    } catch (IOException e) {
      wire.close(); // The reading thread finds out.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
