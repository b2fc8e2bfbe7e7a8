package io.forebay.connectors.http;

import io.forebay.connectors.net.Sites;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Receives requests on the event loops: looks at the header, gathers the body within its limits and
 * deadline, and hands the request to a partition.
 */
final class Receiver {
  private static final long LINGER_MILLIS = 1_000;

  private final Vertx vertx;
  private final HttpLimits limits;
  private final Routes routes;
  private final Connections connections;
  private final List<RequestPartition> partitions;
  private final AtomicInteger nextPartition = new AtomicInteger();

  /** Bytes of bodies that are not yet decoded. */
  private final AtomicLong buffered = new AtomicLong();

  private volatile boolean stopping;

  Receiver(
      Vertx vertx,
      HttpSettings settings,
      Connections connections,
      List<RequestPartition> partitions) {
    this.vertx = vertx;
    this.limits = settings.limits();
    this.routes =
        new Routes(
            settings.path(),
            settings.access().token(),
            Sites.of(settings.address(), settings.access()));
    this.connections = connections;
    this.partitions = partitions;
  }

  /** From now on every request is answered with 503. */
  void stop() {
    stopping = true;
  }

  /** A request whose header is complete. */
  void handle(HttpServerRequest request) {
    connections.requested(request.connection());
    request.response().exceptionHandler(broken -> {});
    switch (routes.of(request)) {
      case Routes.Route.Now(Answer answer) -> discard(request, answer);
      case Routes.Route.Write(WriteRequest.Kind kind) -> write(request, kind);
    }
  }

  private void write(HttpServerRequest request, WriteRequest.Kind kind) {
    if (stopping || connections.isOver()) {
      String why = stopping ? "Forebay stops" : "there are too many connections";
      discard(
          request, kind.dialect().unavailable(why + "; send it again").with("Connection", "close"));
      return;
    }
    RequestPartition partition = nextInTime();
    if (partition == null) {
      discard(
          request,
          kind.dialect().unavailable("earlier records are not yet delivered; send it again"));
      return;
    }
    if (declaredLength(request) > limits.bodyBytes()) {
      discard(request, tooLarge(kind));
      return;
    }
    new Body(request, kind, partition).receive();
  }

  /** The next partition that is not late, or null. */
  private @Nullable RequestPartition nextInTime() {
    int first = nextPartition.getAndIncrement();
    for (int i = 0; i < partitions.size(); i++) {
      RequestPartition partition = partitions.get(Math.floorMod(first + i, partitions.size()));
      if (!partition.isLate()) {
        return partition;
      }
    }
    return null;
  }

  private static long declaredLength(HttpServerRequest request) {
    String text = request.getHeader("Content-Length");
    try {
      return text == null ? 0 : Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private Answer tooLarge(WriteRequest.Kind kind) {
    return kind.dialect()
        .failed(
            413,
            "the body has more than "
                + limits.bodyBytes()
                + " bytes; nothing was taken: send less at a time");
  }

  /** Answers without reading the body; what is still on its way is thrown away. */
  private void discard(HttpServerRequest request, Answer answer) {
    boolean expects = request.getHeader("Expect") != null;
    long length = declaredLength(request);
    boolean chunked = request.getHeader("Transfer-Encoding") != null;
    answer.send(request);
    if (expects || length > limits.bodyBytes() || chunked) {
      // Time to read the answer, which a reset connection would take away.
      vertx.setTimer(LINGER_MILLIS, ignored -> request.connection().close());
    } else {
      connections.answered(request.connection());
    }
  }

  /** The body of one request; on its event loop. */
  private final class Body {
    private final HttpServerRequest request;
    private final WriteRequest write;
    private final RequestPartition partition;

    /** For the body, then for the answer. */
    private long timer;

    private byte[] bytes;
    private int length;

    Body(HttpServerRequest request, WriteRequest.Kind kind, RequestPartition partition) {
      this.request = request;
      this.partition = partition;
      this.write =
          new WriteRequest(request, vertx.getOrCreateContext(), kind, buffered, this::answered);
      this.bytes = new byte[Math.clamp(declaredLength(request), 0, 64 << 10)];
    }

    void receive() {
      timer = vertx.setTimer(limits.bodyDeadline().toMillis(), ignored -> tooSlow());
      if (request.getHeader("Expect") != null) {
        request.response().writeContinue();
      }
      request.exceptionHandler(broken -> write.answer(Answer.empty(400)));
      request.handler(this::more);
      request.endHandler(ignored -> complete());
    }

    private void more(Buffer chunk) {
      if (write.isAnswered()) {
        return;
      }
      int total = length + chunk.length();
      if (total > limits.bodyBytes()) {
        write.answer(tooLarge(write.kind()));
        // Time to read the answer, which a reset connection would take away.
        vertx.setTimer(LINGER_MILLIS, ignored -> request.connection().close());
        return;
      }
      if (write.hold(chunk.length()) > limits.bufferedBytes()) {
        unavailable("too many bodies wait to be read; send it again");
        return;
      }
      if (total > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(total, Math.min(limits.bodyBytes(), 2 * total)));
      }
      chunk.getBytes(0, chunk.length(), bytes, length);
      length = total;
    }

    private void complete() {
      if (!write.isAnswered()) {
        vertx.cancelTimer(timer);
        timer = vertx.setTimer(limits.answerDeadline().toMillis(), ignored -> tooLate());
        write.body(bytes, length);
        bytes = new byte[0];
        partition.offer(write);
      }
    }

    private void tooSlow() {
      write.answer(
          write
              .kind()
              .dialect()
              .failed(408, "the body did not come in time; nothing was taken")
              .with("Connection", "close"));
    }

    private void tooLate() {
      if (unavailable("the records were not delivered in time; send them again")) {
        partition.timedOut(write);
      }
    }

    private boolean unavailable(String sentence) {
      return write.answer(write.kind().dialect().unavailable(sentence));
    }

    private void answered(WriteRequest ignored) {
      vertx.cancelTimer(timer);
      bytes = new byte[0];
      connections.answered(request.connection());
    }
  }
}
