package io.forebay.connectors.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client is told.
 *
 * @param body JSON, or empty
 */
record Answer(int status, Map<String, String> headers, String body) {
  static Answer empty(int status) {
    return new Answer(status, Map.of(), "");
  }

  static Answer json(int status, JsonObject body) {
    return new Answer(status, Map.of("Content-Type", "application/json"), body.encode());
  }

  Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }

  /** Sends it; on the connection's event loop. */
  void send(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    HttpConnection connection = request.connection();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status);
    headers.forEach(response::putHeader);
    Future<Void> sent = body.isEmpty() ? response.end() : response.end(body);
    if ("close".equals(headers.get("Connection"))) {
      sent.onComplete(ignored -> connection.close());
    }
  }
}
