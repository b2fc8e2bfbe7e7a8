package io.forebay.connectors.kafka;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.formats.MessageDecoder;
import io.forebay.formats.MessageRecords;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of one partition on a thread of its own, so that the thread that polls is
 * never held up by backpressure: that one looks whether it {@link #isFull} and pauses the
 * partition.
 *
 * <p>A record's sequence is {@code offset · 1,000,000 + index in the message + 1}, its offset the
 * message's: reading goes on there, and leaves out what was delivered of it.
 *
 * <p>{@link #offer}, {@link #start}, {@link #stop} and the questions belong to the thread that
 * polls (and, when that has ended, to the one that closes); {@link #acknowledged} to the engine's
 * sink thread. The lock guards the queue and what the thread is told.
 */
final class PartitionReader implements MessageRecords {
  static final long RECORDS_PER_MESSAGE = 1_000_000;

  /** Fetched lists that may wait; one more is being decoded. */
  private static final int FULL = 2;

  private final RecordWriter writer;
  private final MessageDecoder decoder;
  private final MessageColumns more;
  private final Runnable roomAgain;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<List<ConsumerRecord<byte[], byte[]>>> queue = new ArrayDeque<>();

  /** Written under the lock; the decoding thread reads it before each message. */
  private volatile boolean stopped;

  private boolean endOfInput;
  private boolean decoding;
  private @Nullable Thread thread;
  private @Nullable Exception failure;

  /** The last sequence of each message with several records, in order, until it is acknowledged. */
  private final Queue<Long> several = new ConcurrentLinkedQueue<>();

  /** The message that was decoded last; written by the decoding thread only. */
  private volatile long decodedOffset = -1;

  private volatile long appended;
  private volatile long acked;
  private volatile boolean asked;

  /** The message that is being decoded, and how many records it has had. Decoding thread only. */
  private @Nullable ConsumerRecord<byte[], byte[]> message;

  private long index;

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
    this.writer = writer;
    this.decoder = decoder;
    this.more = new MessageColumns(more, decoder.schema().size());
    this.roomAgain = roomAgain;
    this.appended = resume.sequence();
    this.acked = resume.sequence();
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
      while (decoding || acked < appended) {
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
    acked = sequence;
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The offset that may be committed: of the first message that is not delivered; -1 for none. */
  long committable() {
    long decoded = decodedOffset;
    long delivered = acked;
    if (decoded >= 0 && delivered == appended) {
      return decoded + 1;
    }
    if (delivered == 0) {
      return -1;
    }
    while (!several.isEmpty() && several.peek() <= delivered) {
      several.remove();
    }
    long offset = (delivered - 1) / RECORDS_PER_MESSAGE;
    Long next = several.peek();
    boolean whole =
        offset <= decoded && (next == null || (next - 1) / RECORDS_PER_MESSAGE != offset);
    return whole ? offset + 1 : offset;
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
          decode(each);
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

  private void decode(ConsumerRecord<byte[], byte[]> each) throws InterruptedException {
    message = each;
    index = 0;
    byte[] value = each.value();
    if (value == null) {
      bad("the message has no value: it deletes its key", text(each.key()));
    } else {
      decoder.decode(value, 0, value.length, this);
    }
    if (index > 1) {
      several.add(sequence(index - 1));
    }
    decodedOffset = each.offset();
  }

  private static Rejection.Text text(byte @Nullable [] bytes) {
    return bytes == null ? Rejection.Text.NONE : Rejection.Text.of(bytes, 0, bytes.length);
  }

  private long sequence(long atIndex) {
    return message == null ? 0 : message.offset() * RECORDS_PER_MESSAGE + atIndex + 1;
  }

  // ------------------------------------------------------------------ from the decoder

  @Override
  public RecordWriter writer() {
    return writer;
  }

  @Override
  public void record() throws InterruptedException {
    ConsumerRecord<byte[], byte[]> of = message;
    if (of == null) {
      throw new IllegalStateException("a record outside of a message");
    }
    if (!isNew()) {
      writer.clear();
      index++;
      return;
    }
    if (index == RECORDS_PER_MESSAGE - 1) {
      writer.clear();
      bad("the message has more records than " + (RECORDS_PER_MESSAGE - 1), Rejection.Text.NONE);
      return;
    }
    more.set(writer, of);
    long sequence = sequence(index);
    index++;
    // First, so that an acknowledgement never comes before.
    appended = sequence;
    writer.append(sequence, of.offset());
  }

  /** Whether the engine does not have the next record, and can number it. */
  private boolean isNew() {
    return index < RECORDS_PER_MESSAGE && sequence(index) > appended;
  }

  @Override
  public void bad(String reason, Rejection.Text text) throws InterruptedException {
    ConsumerRecord<byte[], byte[]> of = message;
    if (of == null || !isNew()) {
      writer.clear();
      index++;
      return;
    }
    long sequence = sequence(index);
    index++;
    appended = sequence;
    writer.reject(sequence, of.offset(), reason + " (offset " + of.offset() + ")", text);
  }
}
