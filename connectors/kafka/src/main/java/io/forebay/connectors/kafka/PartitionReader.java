package io.forebay.connectors.kafka;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.formats.api.MessageDecoder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of one partition on a thread of its own, so that the thread that polls is
 * never held up by backpressure: that one looks whether it {@link #isFull} and pauses the
 * partition.
 *
 * <p>{@link #offer}, {@link #start}, {@link #stop} and the questions belong to the thread that
 * polls (and, when that has ended, to the one that closes); {@link #acknowledged} to the engine's
 * sink thread. The lock guards the queue and what the thread is told.
 */
final class PartitionReader {
  /** Fetched lists that may wait; one more is being decoded. */
  private static final int FULL = 2;

  private final MessageProgress progress;
  private final MessageRows rows;
  private final Runnable roomAgain;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Queue<List<ConsumerRecord<byte[], byte[]>>> queue = new ArrayDeque<>();

  /** Written under the lock; the decoding thread reads it before each message. */
  private volatile boolean stopped;

  @GuardedBy("lock")
  private boolean endOfInput;

  @GuardedBy("lock")
  private boolean decoding;

  /** Of the thread that polls. */
  private @Nullable Thread thread;

  @GuardedBy("lock")
  private @Nullable Exception failure;

  private volatile boolean asked;

  /**
   * @param resume behind which sequence to go on
   * @param roomAgain is called, by the decoding thread, when it may be full no longer or has ended
   */
  PartitionReader(
      RecordWriter writer,
      MessageDecoder decoder,
      MessageFields more,
      Position resume,
      Runnable roomAgain) {
    this.progress = new MessageProgress(resume.sequence());
    this.rows = new MessageRows(writer, decoder, more, progress);
    this.roomAgain = roomAgain;
  }

  /** Begins, or begins again after {@link #stop}. */
  void start(String name) {
    lock.lock();
    try {
      stopped = false;
      endOfInput = false;
      queue.clear();
      thread = Thread.ofVirtual().name(name).start(this::run);
    } finally {
      lock.unlock();
    }
  }

  /** Hands in messages, in the order of their offsets. */
  void offer(List<ConsumerRecord<byte[], byte[]>> messages) {
    lock.lock();
    try {
      queue.add(messages);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isFull() {
    lock.lock();
    try {
      return queue.size() >= FULL;
    } finally {
      lock.unlock();
    }
  }

  /** No more messages will come: the thread ends behind the last one. */
  void end() {
    lock.lock();
    try {
      endOfInput = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the thread has ended. */
  void join() throws InterruptedException {
    Thread present = thread;
    if (present != null) {
      present.join();
    }
  }

  /** Forgets the messages that wait; the thread ends at the next border of messages. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      queue.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #stop}, and gives up waiting for room in the engine. */
  void interrupt() {
    stop();
    Thread present = thread;
    if (present != null) {
      present.interrupt();
    }
  }

  /**
   * Waits until nothing is being decoded and everything that was handed to the engine is
   * acknowledged, at most {@code nanos}.
   *
   * @return whether it is
   */
  boolean awaitAcknowledged(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (decoding || !progress.isDelivered()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What went wrong, if something did. */
  @Nullable Exception failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the engine has asked the source to stop. */
  boolean isAsked() {
    return asked;
  }

  /** The engine has delivered everything up to that sequence. */
  void acknowledged(long sequence) {
    progress.acknowledged(sequence);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The offset that may be committed: of the first message that is not delivered; -1 for none. */
  long committable() {
    return progress.committable();
  }

  private void run() {
    try {
      for (List<ConsumerRecord<byte[], byte[]>> messages = take();
          messages != null;
          messages = take()) {
        for (ConsumerRecord<byte[], byte[]> each : messages) {
          if (stopped) {
            break;
          }
          rows.decode(each);
        }
      }
    } catch (InterruptedException e) {
      asked = true;
    } catch (RuntimeException | Error e) {
      lock.lock();
      try {
        failure = e instanceof Exception exception ? exception : new IllegalStateException(e);
      } finally {
        lock.unlock();
      }
    } finally {
      lock.lock();
      try {
        decoding = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      roomAgain.run();
    }
  }

  private @Nullable List<ConsumerRecord<byte[], byte[]>> take() throws InterruptedException {
    List<ConsumerRecord<byte[], byte[]>> messages;
    boolean wasFull;
    lock.lockInterruptibly();
    try {
      decoding = false;
      changed.signalAll();
      while (queue.isEmpty() && !stopped && !endOfInput) {
        changed.await();
      }
      wasFull = queue.size() >= FULL;
      messages = stopped ? null : queue.poll();
      decoding = messages != null;
    } finally {
      lock.unlock();
    }
    if (wasFull) {
      roomAgain.run(); // Without the lock: who is told looks whether this one is full.
    }
    return messages;
  }
}
