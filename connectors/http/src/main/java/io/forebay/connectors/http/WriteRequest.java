package io.forebay.connectors.http;

import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.TimePrecision;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A request that brings records. Its event loop fills it, a partition takes it, and who is first
 * answers it, once.
 */
final class WriteRequest {
  /**
   * How a request is to be understood.
   *
   * @param header what it says itself of the header row of its CSV
   */
  record Kind(
      Dialect dialect,
      MessageFormat format,
      TimePrecision precision,
      boolean gzip,
      Optional<CsvHeaderRow> header) {
    /** As it is where the request says nothing else. */
    static Kind of(Dialect dialect, MessageFormat format) {
      return new Kind(dialect, format, TimePrecision.NANOSECONDS, false, Optional.empty());
    }
  }

  private final HttpServerRequest request;
  private final Context loop;
  private final Kind kind;
  private final Consumer<WriteRequest> whenAnswered;
  private final AtomicBoolean answered = new AtomicBoolean();

  /** Bytes of all requests that are not yet decoded, and this one's part of them. */
  private final AtomicLong buffered;

  private final AtomicInteger held = new AtomicInteger();
  private volatile byte[] body = new byte[0];
  private int bodyBytes;

  /**
   * @param whenAnswered called on the event loop when the answer is on its way
   */
  WriteRequest(
      HttpServerRequest request,
      Context loop,
      Kind kind,
      AtomicLong buffered,
      Consumer<WriteRequest> whenAnswered) {
    this.request = request;
    this.loop = loop;
    this.kind = kind;
    this.buffered = buffered;
    this.whenAnswered = whenAnswered;
  }

  Kind kind() {
    return kind;
  }

  byte[] body() {
    return body;
  }

  int bodyBytes() {
    return bodyBytes;
  }

  void body(byte[] bytes, int length) {
    bodyBytes = length;
    body = bytes;
  }

  /** Counts bytes that were received; returns how many all requests have then. */
  long hold(int bytes) {
    held.addAndGet(bytes);
    return buffered.addAndGet(bytes);
  }

  /** The bytes are decoded or not wanted any more. */
  void letGo() {
    body = new byte[0];
    buffered.addAndGet(-held.getAndSet(0));
  }

  boolean isAnswered() {
    return answered.get();
  }

  /** Answers it from any thread, unless that was done; returns whether it was not. */
  boolean answer(Answer answer) {
    if (!answered.compareAndSet(false, true)) {
      return false;
    }
    letGo();
    loop.runOnContext(ignored -> {
      answer.send(request);
      whenAnswered.accept(this);
    });
    return true;
  }
}
