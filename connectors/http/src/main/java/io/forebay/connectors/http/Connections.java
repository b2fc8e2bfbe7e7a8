package io.forebay.connectors.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of a source: how many there are, and how long each may be silent. Each
 * connection's event loop calls it.
 */
final class Connections {
  /** How long a connection may be kept without another request. */
  private static final long KEPT_MILLIS = 75_000;

  /** How many beyond the limit are told why they are closed. */
  private static final int EXTRA = 64;

  private final Vertx vertx;
  private final HttpLimits limits;
  private final AtomicInteger count = new AtomicInteger();

  /** The timer that closes each silent connection. */
  private final Map<HttpConnection, Long> timers = new ConcurrentHashMap<>();

  Connections(Vertx vertx, HttpLimits limits) {
    this.vertx = vertx;
    this.limits = limits;
  }

  int count() {
    return count.get();
  }

  void opened(HttpConnection connection) {
    int now = count.incrementAndGet();
    connection.closeHandler(ignored -> {
      count.decrementAndGet();
      disarm(connection);
    });
    if (now > limits.connections() + EXTRA) {
      connection.close();
      return;
    }
    arm(connection, limits.headerDeadline().toMillis());
  }

  /** Whether there are more connections than may be. */
  boolean isOver() {
    return count.get() > limits.connections();
  }

  /** A request's header is complete. */
  void requested(HttpConnection connection) {
    disarm(connection);
  }

  /** A request is answered; the next one may come. */
  void answered(HttpConnection connection) {
    arm(connection, KEPT_MILLIS);
  }

  private void arm(HttpConnection connection, long millis) {
    disarm(connection);
    long timer = vertx.setTimer(millis, ignored -> connection.close());
    timers.put(connection, timer);
  }

  private void disarm(HttpConnection connection) {
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
