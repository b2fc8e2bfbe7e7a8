package io.forebay.connectors.net;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams between the thread that receives them and the one that decodes them, bounded in bytes.
 * UDP cannot be told to wait, so what does not fit is dropped, and counted. Thread-safe.
 */
final class DatagramQueue {
  /** What a datagram takes beyond its bytes. */
  private static final int OVERHEAD_BYTES = 64;

  /** A datagram and who sent it. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Datagram(byte[] bytes, Object sender) {
    /** How many lines it has. */
    int lines() {
      int lines = bytes.length > 0 && bytes[bytes.length - 1] != '\n' ? 1 : 0;
      for (byte b : bytes) {
        lines += b == '\n' ? 1 : 0;
      }
      return lines;
    }
  }

  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
  private long bytes;
  private boolean ended;

  DatagramQueue(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Takes the datagram in; false if there is no room for it. */
  boolean offer(Datagram datagram) {
    lock.lock();
    try {
      int size = datagram.bytes().length + OVERHEAD_BYTES;
      if (ended || bytes + size > mostBytes) {
        return false;
      }
      bytes += size;
      queue.addLast(datagram);
      notEmpty.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next datagram; null at the end. */
  @Nullable Datagram take() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !ended) {
        notEmpty.await();
      }
      Datagram next = queue.pollFirst();
      if (next != null) {
        bytes -= next.bytes().length + OVERHEAD_BYTES;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes; what is there can still be taken. */
  void end() {
    lock.lock();
    try {
      ended = true;
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
