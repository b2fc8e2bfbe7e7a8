package io.forebay.connectors.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.connectors.net.PartitionRecords;
import io.forebay.internal.concurrent.Mailbox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of requests, one request after the other, and answers each when the engine has
 * acknowledged its last record: one partition of the source.
 *
 * <p>Event loops call {@link #offer} and {@link #timedOut}, the engine {@link #acknowledged}, one
 * thread {@link #run}. {@code lock} guards what is taken and not acknowledged. The mailbox is
 * bounded by the number of requests that the source lets in; when it is closed, what comes is
 * answered with 503.
 */
final class RequestPartition implements Runnable {
  /** A request whose records are handed in. */
  private record Taken(long lastSequence, WriteRequest request, Answer answer) {}

  private final PartitionRecords records;
  private final BodyDecoder decoder;
  private final Mailbox<WriteRequest> mailbox = Mailbox.boundedBySenders();
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<Taken> taken = new ArrayDeque<>();

  @GuardedBy("lock")
  private long acknowledged;

  /** What must be acknowledged before the partition is no longer late. */
  @GuardedBy("lock")
  private long lateUntil;

  @GuardedBy("lock")
  private @Nullable WriteRequest inWork;

  RequestPartition(PartitionRecords records, BodyDecoder decoder) {
    this.records = records;
    this.decoder = decoder;
    this.acknowledged = records.sequence();
  }

  /** Takes a request whose body is complete. */
  void offer(WriteRequest request) {
    if (mailbox.offer(request) != Mailbox.Offer.TAKEN) {
      refuse(request);
    }
  }

  /** Takes requests until it is interrupted or the engine takes no more records. */
  @Override
  public void run() {
    try {
      for (var request = mailbox.take(); request != null; request = mailbox.take()) {
        if (!request.isAnswered()) {
          take(request);
        }
      }
    } catch (InterruptedException e) {
      // The source stops.
    } finally {
      WriteRequest unfinished = working(null);
      if (unfinished != null) {
        refuse(unfinished);
      }
      mailbox.closeAndDrain().forEach(RequestPartition::refuse);
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

  /** The request was answered because this partition took too long. */
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
    List<Taken> left;
    lock.lock();
    try {
      left = List.copyOf(taken);
      taken.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(each -> refuse(each.request()));
    mailbox.closeAndDrain().forEach(RequestPartition::refuse);
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
