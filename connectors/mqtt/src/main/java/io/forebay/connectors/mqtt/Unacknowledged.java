package io.forebay.connectors.mqtt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.handler.codec.mqtt.MqttMessageType;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages of QoS 1 and 2 that were received and whose records are not durable yet, and the answers
 * that are due. Answers are given in the order in which the messages came, each when all records of
 * its message and of those before are durable.
 *
 * <p>The reading thread calls {@link #connected}, {@link #isNew}, {@link #received}, {@link
 * #complete} and {@link #released}; the engine's sink thread {@link #acknowledged}; the
 * connection's writing thread {@link #take}. Everything is guarded by {@code lock}. Bounded: a
 * packet identifier has 16 bits.
 *
 * <p>A connection that is lost takes nothing along. When the broker has kept the session, it sends
 * again what was not answered, with the same packet identifiers. What is still here is recognized
 * by them and not handed in again: it is answered on the new connection. An identifier cannot mean
 * another message, because the broker may not use it again before it is answered; what was answered
 * may have been reused, so that is handed in again.
 */
final class Unacknowledged {
  /** A message whose records are not durable yet. */
  static final class Message {
    private final int packetId;
    private final int qos;
    private final int checksum;

    /** The connection on which it may be answered. */
    private int connection;

    /** The sequence of its last record; {@link Long#MAX_VALUE} until that is known. */
    private long last = Long.MAX_VALUE;

    private boolean durable;

    private Message(int packetId, int qos, int checksum, int connection) {
      this.packetId = packetId;
      this.qos = qos;
      this.checksum = checksum;
      this.connection = connection;
    }
  }

  /**
   * An answer for the broker.
   *
   * @param message what a PUBACK answers
   */
  record Answer(MqttMessageType type, int packetId, @Nullable Message message) {}

  private static final int NEVER = -1;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<Message> inOrder = new ArrayDeque<>();

  /** What came on earlier connections and was neither answered nor sent again. */
  @GuardedBy("lock")
  private final Map<Integer, Message> before = new HashMap<>();

  /** Messages of QoS 2 that are durable; the broker has not said yet that it knows. */
  @GuardedBy("lock")
  private final Set<Integer> awaitingRelease = new HashSet<>();

  @GuardedBy("lock")
  private final ArrayDeque<Answer> answers = new ArrayDeque<>();

  @GuardedBy("lock")
  private long acknowledged;

  @GuardedBy("lock")
  private int connection;

  @GuardedBy("lock")
  private int lost;

  @GuardedBy("lock")
  private boolean closing;

  /** Everything up to this sequence counts as durable. */
  Unacknowledged(long start) {
    this.acknowledged = start;
  }

  // ------------------------------------------------------------------ the reading thread

  /**
   * A connection begins, and the writing thread of the one before ends. Returns its number.
   *
   * @param sessionPresent false if the broker remembers nothing
   */
  int connected(boolean sessionPresent) {
    lock.lock();
    try {
      connection++;
      if (!sessionPresent) {
        before.clear();
        awaitingRelease.clear();
        inOrder.forEach(message -> message.connection = NEVER);
      }
      for (Answer unsent : answers) {
        if (sessionPresent && unsent.message() != null) {
          before.put(unsent.packetId(), unsent.message());
        }
      }
      answers.clear();
      for (Message message : inOrder) {
        if (message.connection != NEVER) {
          before.put(message.packetId, message);
        }
      }
      change.signalAll();
      return connection;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a message of QoS 1 or 2 is to be handed in, because it is not the repetition of one
   * that was.
   *
   * @param checksum of topic and payload: a broker that mixes up identifiers must cost nothing
   */
  boolean isNew(int packetId, int qos, boolean dup, int checksum) {
    lock.lock();
    try {
      if (qos == 2 && awaitingRelease.contains(packetId)) {
        answer(MqttMessageType.PUBREC, packetId, null);
        return false;
      }
      Message earlier = before.remove(packetId);
      if (earlier == null) {
        return true;
      }
      if (!dup || earlier.checksum != checksum || earlier.qos != qos) {
        earlier.connection = NEVER;
        return true;
      }
      earlier.connection = connection;
      if (earlier.durable) {
        answer(earlier);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** The connection is lost: its writing thread ends. */
  void lost() {
    lock.lock();
    try {
      lost = connection;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Notes a message whose records will be handed in now. */
  Message received(int packetId, int qos, int checksum) {
    lock.lock();
    try {
      Message message = new Message(packetId, qos, checksum, connection);
      inOrder.add(message);
      return message;
    } finally {
      lock.unlock();
    }
  }

  /** All records of the message are handed in; the last sequence so far is {@code last}. */
  void complete(Message message, long last) {
    lock.lock();
    try {
      message.last = last;
      settle();
    } finally {
      lock.unlock();
    }
  }

  /** The broker knows that the message of QoS 2 is durable here. */
  void released(int packetId) {
    lock.lock();
    try {
      awaitingRelease.remove(packetId);
      answer(MqttMessageType.PUBCOMP, packetId, null);
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the engine's sink thread

  /** All records up to this sequence are durable. */
  void acknowledged(long sequence) {
    lock.lock();
    try {
      acknowledged = Math.max(acknowledged, sequence);
      settle();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void settle() {
    for (Message head = inOrder.peek();
        head != null && head.last <= acknowledged;
        head = inOrder.peek()) {
      inOrder.remove();
      head.durable = true;
      if (head.connection == connection) {
        answer(head);
      }
    }
  }

  @GuardedBy("lock")
  private void answer(Message message) {
    if (message.qos == 2) {
      awaitingRelease.add(message.packetId);
      answer(MqttMessageType.PUBREC, message.packetId, null);
    } else {
      answer(MqttMessageType.PUBACK, message.packetId, message);
    }
  }

  @GuardedBy("lock")
  private void answer(MqttMessageType type, int packetId, @Nullable Message message) {
    answers.add(new Answer(type, packetId, message));
    change.signalAll();
  }

  // ------------------------------------------------------------------ the writing thread

  /**
   * Takes the answers that are due on this connection; waits for some.
   *
   * @return none if nothing was due for so long; null if the connection is over, or all is answered
   *     and {@link #close} was called
   */
  Answer @Nullable [] take(int onConnection, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (true) {
        if (connection != onConnection || lost == onConnection) {
          return null;
        }
        if (!answers.isEmpty()) {
          Answer[] due = answers.toArray(Answer[]::new);
          answers.clear();
          return due;
        }
        if (closing) {
          return null;
        }
        if (left <= 0) {
          return new Answer[0];
        }
        left = change.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** From now on {@link #take} ends when all answers that are due are taken. */
  void close() {
    lock.lock();
    try {
      closing = true;
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #close} was called. */
  boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /** Messages that are received and not answered, for tests. */
  int size() {
    lock.lock();
    try {
      return inOrder.size();
    } finally {
      lock.unlock();
    }
  }
}
