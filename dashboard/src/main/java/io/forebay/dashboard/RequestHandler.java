package io.forebay.dashboard;

import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.AccessToken;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.connectors.net.Sites;
import io.forebay.dashboard.Board.View;
import io.forebay.errors.ConfigurationException;
import io.forebay.tap.Taps;
import io.forebay.tap.TooManyTapsException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides who may see what, and answers. Nothing can be changed here. Used by the dashboard's loop
 * only.
 */
final class RequestHandler {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Optional<AccessToken> token;
  private final Sites sites;
  private final Board board;
  private final EventStreams streams;
  private final TapStreams taps;
  private final Visitors visitors;
  private final Page page = new Page();

  /** Those who look on: all of them, and those who keep looking. */
  record Lookers(Visitors visitors, EventStreams events, TapStreams taps) {}

  RequestHandler(ListenAddress address, Access access, Board board, Lookers lookers) {
    this.token = access.token();
    this.sites = Sites.of(address, access);
    this.board = board;
    this.streams = lookers.events();
    this.taps = lookers.taps();
    this.visitors = lookers.visitors();
  }

  void handle(HttpServerRequest request) {
    visitors.asked(request.connection());
    HttpServerResponse response = request.response();
    response.exceptionHandler(broken -> {});
    if (response.writeQueueFull()) {
      // It asks again and reads nothing: what it has not read must not pile up.
      request.connection().close();
      return;
    }
    response
        .putHeader("Server", "forebay")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    String path = request.path() == null ? "" : request.path();
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      // What follows may be a body; it is not waited for.
      response.putHeader("Allow", "GET, HEAD").putHeader("Connection", "close");
      say(response, 405, "nothing can be changed here: use GET");
      return;
    }
    Optional<String> elsewhere =
        isFollowedLink(request, path) ? Optional.empty() : refusal(request);
    if (elsewhere.isPresent()) {
      say(response, 403, elsewhere.get());
      return;
    }
    String authorization = request.getHeader("Authorization");
    if (token.isPresent() && (authorization == null || !token.get().isIn(authorization))) {
      response.putHeader("WWW-Authenticate", "Basic realm=\"forebay\", charset=\"UTF-8\"");
      say(
          response,
          401,
          "unauthorized: send the token as 'Authorization: Bearer …', or as the password of any"
              + " user");
      return;
    }
    answer(request, path);
  }

  private Optional<String> refusal(HttpServerRequest request) {
    return sites.refusal(request, "nothing is shown");
  }

  /** A link to the page, on a page of elsewhere, is followed by a person; its host is checked. */
  private boolean isFollowedLink(HttpServerRequest request, String path) {
    return path.equals("/")
        && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
        && "document".equals(request.getHeader("Sec-Fetch-Dest"))
        && request.getHeader("Origin") == null
        && sites.isOwn(request);
  }

  private void answer(HttpServerRequest request, String path) {
    HttpServerResponse response = request.response();
    switch (path) {
      case "/metrics" ->
          show(response, isOpenMetrics(request) ? View.OPEN_METRICS : View.METRICS, 200);
      case "/status" -> show(response, View.STATUS, 200);
      case "/health" -> show(response, View.HEALTH, board.health().live() ? 200 : 503);
      case "/health/live" -> show(response, View.HEALTH, board.health().live() ? 200 : 503);
      case "/health/ready" -> show(response, View.HEALTH, board.health().ready() ? 200 : 503);
      case "/events" -> stream(request);
      case "/tap" -> tap(request);
      default -> {
        Page.File file = page.at(path);
        if (file == null) {
          say(
              response,
              404,
              "nothing is at this path: there are /, /status, /metrics, /health, /events and"
                  + " /tap");
        } else {
          send(response, 200, file.contentType(), file.content());
        }
      }
    }
  }

  private static boolean isOpenMetrics(HttpServerRequest request) {
    String accept = request.getHeader("Accept");
    return accept != null
        && accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
  }

  private void stream(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Optional<Buffer> first = board.show(View.EVENT);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Type", View.EVENT.contentType).end();
    } else if (first.isEmpty()) {
      starting(response);
    } else if (streams.isFull()) {
      response.putHeader("Retry-After", "5").putHeader("Connection", "close");
      say(
          response,
          503,
          streams.count()
              + " pages are open, and more would be a burden on the pipeline: close some, or ask"
              + " /status");
    } else {
      visitors.stays(request.connection());
      response.putHeader("Content-Type", View.EVENT.contentType);
      streams.open(response, first.get());
    }
  }

  private void tap(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Optional<Taps> from = taps.taps();
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Type", TapStreams.CONTENT_TYPE).end();
      return;
    }
    if (from.isEmpty()) {
      starting(response);
      return;
    }
    try {
      TapQuery query = TapQuery.of(request, from.get());
      taps.open(response, from.get(), query.request(), query.limit());
      visitors.stays(request.connection());
    } catch (ConfigurationException e) {
      say(response, 400, String.valueOf(e.getMessage()));
    } catch (TooManyTapsException e) {
      response.putHeader("Retry-After", "5").putHeader("Connection", "close");
      say(response, 503, String.valueOf(e.getMessage()));
    }
  }

  private void show(HttpServerResponse response, View view, int status) {
    board
        .show(view)
        .ifPresentOrElse(
            text -> send(response, status, view.contentType, text), () -> starting(response));
  }

  private static void starting(HttpServerResponse response) {
    response.putHeader("Retry-After", "1");
    say(response, 503, "the pipeline is starting: ask again in a second");
  }

  private static void say(HttpServerResponse response, int status, String sentence) {
    send(response, status, "text/plain; charset=utf-8", Buffer.buffer(sentence + "\n"));
  }

  private static void send(
      HttpServerResponse response, int status, String contentType, Buffer body) {
    response.setStatusCode(status).putHeader("Content-Type", contentType).end(body);
  }
}
