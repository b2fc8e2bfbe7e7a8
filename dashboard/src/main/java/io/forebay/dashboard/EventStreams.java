package io.forebay.dashboard;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Those who are told of every snapshot (server-sent events). Who does not read misses the next
 * ones, so that a bounded number of bytes waits for each, and is closed as all connections are on
 * which nothing moves. Used by the dashboard's loop only.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent
 *     events</a>
 */
final class EventStreams {
  /** So many pages at a time; more are turned away. */
  static final int MOST = 64;

  /** When more bytes wait for a client than this, it is told no more. */
  private static final int MOST_WAITING = 256 << 10;

  private final Set<HttpServerResponse> streams = new LinkedHashSet<>();

  int count() {
    return streams.size();
  }

  boolean isFull() {
    return streams.size() >= MOST;
  }

  /** Makes an answer a stream that begins with {@code first}. */
  void open(HttpServerResponse response, Buffer first) {
    response.setChunked(true).setWriteQueueMaxSize(MOST_WAITING);
    response.closeHandler(gone -> streams.remove(response));
    streams.add(response);
    response.write(Buffer.buffer("retry: 1000\n\n").appendBuffer(first));
  }

  /** Tells everybody who reads. */
  void send(Buffer event) {
    for (HttpServerResponse stream : List.copyOf(streams)) { // who is gone is removed meanwhile
      if (!stream.writeQueueFull()) {
        stream.write(event);
      }
    }
  }

  /** Tells everybody for the last time. */
  void end(Buffer event) {
    Buffer last = Buffer.buffer(event.getBytes()).appendString("event: end\ndata:\n\n");
    for (HttpServerResponse stream : List.copyOf(streams)) {
      stream.end(last);
    }
    streams.clear();
  }
}
