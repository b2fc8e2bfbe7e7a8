package io.forebay.dashboard;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections: a bounded number, of which the one that has been there for longest and is no
 * stream gives way to a new one, so that nobody keeps others out by doing nothing. Used by the
 * dashboard's loop only.
 */
final class Visitors {
  /** At a time, streams not counted. */
  static final int MOST = 64;

  /** A connection whose first request is not complete by then is closed. */
  private static final long FIRST_REQUEST_MILLIS = 5_000;

  private final Vertx vertx;

  /** Those that are no streams; the oldest first. */
  private final Set<HttpConnection> passing = new LinkedHashSet<>();

  /** Those that have asked for nothing yet. */
  private final Set<HttpConnection> silent = new LinkedHashSet<>();

  /** All of them; read by any thread. */
  private final AtomicInteger open = new AtomicInteger();

  Visitors(Vertx vertx) {
    this.vertx = vertx;
  }

  /** How many connections there are. */
  int count() {
    return open.get();
  }

  void arrived(HttpConnection connection) {
    open.incrementAndGet();
    if (passing.size() >= MOST) {
      HttpConnection oldest = passing.iterator().next();
      passing.remove(oldest);
      oldest.close();
    }
    passing.add(connection);
    silent.add(connection);
    long deadline =
        vertx.setTimer(
            FIRST_REQUEST_MILLIS,
            ignored -> {
              if (silent.remove(connection)) {
                connection.close();
              }
            });
    connection.closeHandler(gone -> {
      open.decrementAndGet();
      vertx.cancelTimer(deadline);
      passing.remove(connection);
      silent.remove(connection);
    });
  }

  void asked(HttpConnection connection) {
    silent.remove(connection);
  }

  /** From now on it is counted as a stream. */
  void stays(HttpConnection connection) {
    passing.remove(connection);
  }
}
