package io.forebay.connectors.kafka;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * How far the messages of one partition are: decoded, handed to the engine, delivered.
 *
 * <p>A record's sequence is {@code offset · 1,000,000 + index in the message + 1}. The decoding
 * thread says what it does, the engine's sink thread what is {@link #acknowledged}, and the thread
 * that polls asks.
 */
final class MessageProgress {
  static final long RECORDS_PER_MESSAGE = 1_000_000;

  /** The last sequence of each message with several records, in order, until it is acknowledged. */
  private final Queue<Long> several = new ConcurrentLinkedQueue<>();

  /** The message that was decoded last. */
  private volatile long decodedOffset = -1;

  /** Written by the decoding thread only. */
  private volatile long appended;

  private volatile long acked;

  /**
   * @param resumed the sequence up to which everything is delivered
   */
  MessageProgress(long resumed) {
    appended = resumed;
    acked = resumed;
  }

  static long sequence(long offset, long index) {
    return offset * RECORDS_PER_MESSAGE + index + 1;
  }

  /** The offset of the message that the record of this sequence is in. */
  static long offset(long sequence) {
    return (sequence - 1) / RECORDS_PER_MESSAGE;
  }

  /** Whether the engine does not have the record yet. */
  boolean isNew(long sequence) {
    return sequence > appended;
  }

  /** A record is about to be handed in: said before, since an acknowledgement may come at once. */
  void appending(long sequence) {
    appended = sequence;
  }

  /** A message is decoded, and had so many records. */
  void decoded(long offset, long records) {
    if (records > 1) {
      several.add(sequence(offset, records - 1));
    }
    decodedOffset = offset;
  }

  /** The engine has delivered everything up to that sequence. */
  void acknowledged(long sequence) {
    acked = sequence;
  }

  /** Whether everything that was handed in is delivered. */
  boolean isDelivered() {
    return acked >= appended;
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
}
