package io.forebay.dashboard;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Those who are told of every snapshot (server-sent events). Who does not read gets none, and is
 * dropped after a while. Used by the dashboard's loop only.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent
 *     events</a>
 */
final class EventStreams {
  /** So many pages at a time; more are turned away. */
  static final int MOST = 64;

  /** Who has not read for so many snapshots is dropped. */
  private static final int PATIENCE = 5;

  /** At most so many bytes wait for a client to read them. */
  private static final int MOST_WAITING = 256 << 10;

  /** For each stream how many snapshots it has missed in a row. */
  private final Map<HttpServerRequest, Integer> missed = new LinkedHashMap<>();

  int count() {
    return missed.size();
  }

  boolean isFull() {
    return missed.size() >= MOST;
  }

  /** Answers with a stream that begins with {@code first}. */
  void open(HttpServerRequest request, Buffer first) {
    HttpServerResponse response = request.response();
    response.setChunked(true).setWriteQueueMaxSize(MOST_WAITING);
    response.closeHandler(gone -> missed.remove(request));
    missed.put(request, 0);
    response.write(Buffer.buffer("retry: 1000\n\n").appendBuffer(first));
  }

  /** Tells everybody. */
  void send(Buffer event) {
    for (Map.Entry<HttpServerRequest, Integer> each : new ArrayList<>(missed.entrySet())) {
      HttpServerRequest request = each.getKey();
      if (!request.response().writeQueueFull()) {
        missed.put(request, 0);
        request.response().write(event);
      } else if (each.getValue() >= PATIENCE) {
        missed.remove(request);
        request.connection().close();
      } else {
        missed.put(request, each.getValue() + 1);
      }
    }
  }

  /** Tells everybody for the last time. */
  void end(Buffer event) {
    for (HttpServerRequest request : new ArrayList<>(missed.keySet())) {
      request.response().end(Buffer.buffer(event.getBytes()).appendString("event: end\ndata:\n\n"));
    }
    missed.clear();
  }
}
