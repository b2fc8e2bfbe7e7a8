package io.forebay.connectors.http;

import io.forebay.connectors.net.LaneRecords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of requests, one request after the other, and answers each when the engine has
 * acknowledged its last record: one partition of the source.
 *
 * <p>Event loops call {@link #offer} and {@link #timedOut}, the engine {@link #acknowledged}, one
 * thread {@link #run}. {@code lock} guards what is taken and not acknowledged. The queue is bounded
 * by the number of requests that the source lets in.
 */
final class RequestLane implements Runnable {
  /** A request whose records are handed in. */
  private record Taken(long lastSequence, WriteRequest request, Answer answer) {}

  private final LaneRecords records;
  private final BodyDecoder decoder;
  private final BlockingQueue<WriteRequest> queue = new LinkedBlockingQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Taken> taken = new ArrayDeque<>();
  private long acknowledged;

  /** What must be acknowledged before the lane is no longer late. */
  private long lateUntil;

  private @Nullable WriteRequest inWork;

  /** No more records are taken; what comes is answered with 503. */
  private volatile boolean ended;

  RequestLane(LaneRecords records, BodyDecoder decoder) {
    this.records = records;
    this.decoder = decoder;
    this.acknowledged = records.sequence();
  }

  /** Takes a request whose body is complete. */
  void offer(WriteRequest request) {
    queue.add(request);
    if (ended) {
      refuseAll();
    }
  }

  /** Takes requests until it is interrupted or the engine takes no more records. */
  @Override
  public void run() {
    try {
      while (true) {
        WriteRequest request = queue.take();
        if (!request.isAnswered()) {
          take(request);
        }
      }
    } catch (InterruptedException e) {
      // The source stops.
    } finally {
      ended = true;
      WriteRequest unfinished = working(null);
      if (unfinished != null) {
        refuse(unfinished);
      }
      refuseAll();
    }
  }

  private void take(WriteRequest request) throws InterruptedException {
    working(request);
    WriteRequest.Kind kind = request.kind();
    RequestOutcome outcome;
    try {
      outcome =
          decoder.decode(request.body(), request.bodyBytes(), kind, records, request::isAnswered);
    } catch (Gunzip.RefusedException e) {
      request.answer(kind.dialect().failed(e.status(), e.sentence()));
      working(null);
      return;
    }
    request.letGo();
    Answer answer =
        outcome.bad() == 0 ? kind.dialect().taken(outcome) : kind.dialect().partly(outcome);
    if (outcome.taken() + outcome.bad() == 0) {
      request.answer(answer);
      working(null);
      return;
    }
    boolean done;
    lock.lock();
    try {
      inWork = null;
      done = acknowledged >= records.sequence();
      if (!done) {
        taken.addLast(new Taken(records.sequence(), request, answer));
        if (request.isAnswered()) {
          lateUntil = records.sequence();
        }
      }
    } finally {
      lock.unlock();
    }
    if (done) {
      request.answer(answer);
    }
  }

  /** Sets what is in work; returns what was. */
  private @Nullable WriteRequest working(@Nullable WriteRequest request) {
    lock.lock();
    try {
      WriteRequest before = inWork;
      inWork = request;
      return before;
    } finally {
      lock.unlock();
    }
  }

  /** Everything up to {@code sequence} is durable; does not wait for anything. */
  void acknowledged(long sequence) {
    List<Taken> done = new ArrayList<>();
    lock.lock();
    try {
      acknowledged = Math.max(acknowledged, sequence);
      while (!taken.isEmpty() && taken.getFirst().lastSequence() <= acknowledged) {
        done.add(taken.removeFirst());
      }
    } finally {
      lock.unlock();
    }
    done.forEach(each -> each.request().answer(each.answer()));
  }

  /** The request was answered because this lane took too long. */
  void timedOut(WriteRequest request) {
    lock.lock();
    try {
      for (Taken each : taken) {
        if (each.request() == request) {
          lateUntil = Math.max(lateUntil, each.lastSequence());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a request waits here that was answered for having waited too long: another one would
   * fare no better, and would be delivered twice when its client repeats it.
   */
  boolean isLate() {
    lock.lock();
    try {
      WriteRequest present = inWork;
      return lateUntil > acknowledged || (present != null && present.isAnswered());
    } finally {
      lock.unlock();
    }
  }

  /** Answers everything that waits; nobody will acknowledge it any more. */
  void close() {
    ended = true;
    List<Taken> left;
    lock.lock();
    try {
      left = List.copyOf(taken);
      taken.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(each -> refuse(each.request()));
    refuseAll();
  }

  private void refuseAll() {
    for (WriteRequest next = queue.poll(); next != null; next = queue.poll()) {
      refuse(next);
    }
  }

  private static void refuse(WriteRequest request) {
    request.answer(
        request
            .kind()
            .dialect()
            .unavailable("Forebay stops; send it again")
            .with("Connection", "close"));
  }
}
