package io.forebay.connectors.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of a source: how many there are, and how long each may be silent. Each
 * connection's event loop calls it.
 */
final class Connections {
  /** How long a connection may be kept without another request. */
  private static final long KEPT_MILLIS = 75_000;

  /**
   * How many beyond the limit are told why they are not served; where there are still more, those
   * that have been silent for longest are closed.
   */
  private static final int EXTRA = 64;

  private final Vertx vertx;
  private final HttpLimits limits;
  private final AtomicInteger count = new AtomicInteger();

  /** Those that wait for a request. */
  private final Map<HttpConnection, Silent> silent = new ConcurrentHashMap<>();

  private final AtomicLong order = new AtomicLong();

  /**
   * A connection that waits for a request.
   *
   * @param timer closes it
   * @param since the order in which they began to
   */
  private record Silent(long timer, long since) {}

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
      // The one that has been silent for longest gives way: else silence shuts everybody out.
      Optional<HttpConnection> longest = longestSilent();
      if (longest.isEmpty()) {
        connection.close();
        return;
      }
      disarm(longest.get());
      longest.get().close();
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

  private Optional<HttpConnection> longestSilent() {
    return silent.entrySet().stream()
        .min(Comparator.comparingLong(each -> each.getValue().since()))
        .map(Map.Entry::getKey);
  }

  private void arm(HttpConnection connection, long millis) {
    disarm(connection);
    long timer = vertx.setTimer(millis, ignored -> connection.close());
    silent.put(connection, new Silent(timer, order.incrementAndGet()));
  }

  private void disarm(HttpConnection connection) {
    Silent was = silent.remove(connection);
    if (was != null) {
      vertx.cancelTimer(was.timer());
    }
  }
}
