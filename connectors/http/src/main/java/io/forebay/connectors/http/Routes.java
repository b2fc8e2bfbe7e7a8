package io.forebay.connectors.http;

import io.forebay.connectors.net.AccessToken;
import io.forebay.connectors.net.Sites;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.TimePrecision;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a request asks for, decided from its header alone. */
final class Routes {
  private static final String VERSION = "forebay";
  private static final Set<String> UTF_8 = Set.of("utf-8", "utf8", "us-ascii", "ascii");

  /** Where a request leads. */
  sealed interface Route {
    /** It brings records. */
    record Write(WriteRequest.Kind kind) implements Route {}

    /** It is answered at once. */
    record Now(Answer answer) implements Route {}
  }

  private final String ingest;
  private final Optional<AccessToken> token;
  private final Sites sites;

  Routes(String ingest, Optional<AccessToken> token, Sites sites) {
    this.ingest = ingest;
    this.token = token;
    this.sites = sites;
  }

  Route of(HttpServerRequest request) {
    String path = request.path() == null ? "" : request.path();
    if (path.equals(ingest)) {
      return write(request, Dialect.FOREBAY);
    }
    return switch (path) {
      case "/write" -> write(request, Dialect.INFLUX_1);
      case "/api/v2/write" -> write(request, Dialect.INFLUX_2);
      case "/ping" -> only(request, HttpMethod.GET, HttpMethod.HEAD, Answer.empty(204));
      case "/health" -> only(request, HttpMethod.GET, HttpMethod.HEAD, health());
      case "/query" -> query(request);
      default ->
          new Route.Now(
              Dialect.FOREBAY.failed(
                  404,
                  "nothing is at this path: post JSON to "
                      + ingest
                      + ", line protocol to /write or /api/v2/write"));
    };
  }

  private static Route only(
      HttpServerRequest request, HttpMethod method, HttpMethod other, Answer answer) {
    if (request.method().equals(method) || request.method().equals(other)) {
      return new Route.Now(answer.with("X-Influxdb-Version", VERSION));
    }
    return notAllowed(Dialect.FOREBAY, method + ", " + other);
  }

  private static Route notAllowed(Dialect dialect, String allowed) {
    return new Route.Now(
        dialect.failed(405, "this path takes only " + allowed).with("Allow", allowed));
  }

  private static Answer health() {
    return Answer.json(
        200,
        new JsonObject()
            .put("name", "forebay")
            .put("message", "ready for writes")
            .put("status", "pass")
            .put("checks", new JsonArray()));
  }

  /** Clients of InfluxDB 1 make their database before they write. */
  private Route query(HttpServerRequest request) {
    if (!isAllowed(request)) {
      return unauthorized(Dialect.INFLUX_1);
    }
    String query = String.valueOf(request.getParam("q")).trim().toUpperCase(Locale.ROOT);
    if (query.startsWith("CREATE DATABASE ")) {
      return new Route.Now(
          Answer.json(
              200,
              new JsonObject()
                  .put("results", new JsonArray().add(new JsonObject().put("statement_id", 0)))));
    }
    return new Route.Now(
        Dialect.INFLUX_1.failed(400, "Forebay takes points and answers no queries"));
  }

  private Route write(HttpServerRequest request, Dialect dialect) {
    if (!request.method().equals(HttpMethod.POST)) {
      return notAllowed(dialect, "POST");
    }
    if (!isAllowed(request)) {
      return unauthorized(dialect);
    }
    Optional<String> elsewhere = sites.refusal(request, "nothing was taken");
    if (elsewhere.isPresent()) {
      return new Route.Now(dialect.failed(403, elsewhere.get()));
    }
    if (!hasBody(request)) {
      // What follows is no request: it is the body that nothing was said of.
      return new Route.Now(
          dialect
              .failed(
                  411,
                  "the request says no length, so nothing of it was taken: send Content-Length, or"
                      + " Transfer-Encoding: chunked")
              .with("Connection", "close"));
    }
    String expect = header(request, "Expect");
    if (!expect.isEmpty() && !expect.equals("100-continue")) {
      return new Route.Now(
          dialect.failed(
              417, "'Expect: " + expect + "' is not met: leave it out, or say 100-continue"));
    }
    String encoding = header(request, "Content-Encoding");
    boolean gzip = encoding.equals("gzip") || encoding.equals("x-gzip");
    if (!gzip && !encoding.isEmpty() && !encoding.equals("identity")) {
      return new Route.Now(
          dialect.failed(415, "the encoding '" + encoding + "' is not taken: use gzip or none"));
    }
    String charset = parameter(header(request, "Content-Type"), "charset");
    if (!charset.isEmpty() && !UTF_8.contains(charset)) {
      return new Route.Now(
          dialect.failed(
              415, "the charset '" + charset + "' is not taken: send the text as UTF-8"));
    }
    Optional<MessageFormat> format =
        dialect == Dialect.FOREBAY
            ? format(header(request, "Content-Type"))
            : Optional.of(MessageFormat.LINE_PROTOCOL);
    if (format.isEmpty()) {
      return new Route.Now(
          dialect.failed(
              415,
              "this content type is not taken: use application/json, application/x-ndjson or"
                  + " text/csv"));
    }
    String asked = request.getParam("precision");
    Optional<TimePrecision> precision = precision(asked == null ? "ns" : asked);
    if (precision.isEmpty()) {
      return new Route.Now(
          dialect.failed(400, "the precision '" + asked + "' is not known: use ns, us, ms or s"));
    }
    return new Route.Write(
        new WriteRequest.Kind(dialect, format.get(), precision.get(), gzip, headerRow(request)));
  }

  /** Whether the request says how long its body is, or that it says so on the way. */
  private static boolean hasBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        || request.getHeader("Content-Length") != null
        || request.getHeader("Transfer-Encoding") != null;
  }

  /** What RFC 4180 lets a content type say of the header row. */
  private static Optional<CsvHeaderRow> headerRow(HttpServerRequest request) {
    return switch (parameter(header(request, "Content-Type"), "header")) {
      case "present" -> Optional.of(CsvHeaderRow.PRESENT);
      case "absent" -> Optional.of(CsvHeaderRow.ABSENT);
      default -> Optional.empty();
    };
  }

  /** A parameter of a content type, or an empty text. */
  private static String parameter(String contentType, String name) {
    for (String each : contentType.split(";", -1)) {
      String[] parts = each.split("=", 2);
      if (parts.length == 2 && parts[0].strip().equals(name)) {
        return parts[1].strip().replace("\"", "");
      }
    }
    return "";
  }

  private static String header(HttpServerRequest request, String name) {
    String value = request.getHeader(name);
    return value == null ? "" : value.trim().toLowerCase(Locale.ROOT);
  }

  private static Optional<MessageFormat> format(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).trim();
    return switch (type) {
      case "application/x-ndjson",
          "application/ndjson",
          "application/jsonl",
          "application/x-jsonlines" ->
          Optional.of(MessageFormat.NDJSON);
      case "text/csv" -> Optional.of(MessageFormat.CSV);
      // What curl says where nobody told it.
      case "",
          "application/json",
          "text/json",
          "text/plain",
          "application/octet-stream",
          "application/x-www-form-urlencoded" ->
          Optional.of(MessageFormat.JSON);
      default -> Optional.empty();
    };
  }

  private static Optional<TimePrecision> precision(String text) {
    return switch (text) {
      case "ns", "n" -> Optional.of(TimePrecision.NANOSECONDS);
      case "us", "u", "µ" -> Optional.of(TimePrecision.MICROSECONDS);
      case "ms" -> Optional.of(TimePrecision.MILLISECONDS);
      case "s" -> Optional.of(TimePrecision.SECONDS);
      default -> Optional.empty();
    };
  }

  // ------------------------------------------------------------------ who may

  private boolean isAllowed(HttpServerRequest request) {
    if (token.isEmpty()) {
      return true;
    }
    String header = request.getHeader("Authorization");
    if (header == null) {
      // Clients of InfluxDB 1 put user and password into the address.
      String password = request.getParam("p");
      return password != null && token.get().matches(password);
    }
    return token.get().isIn(header);
  }

  private static Route unauthorized(Dialect dialect) {
    return new Route.Now(
        dialect
            .failed(401, "unauthorized: send the token as 'Authorization: Bearer …' or 'Token …'")
            .with("WWW-Authenticate", "Bearer realm=\"forebay\""));
  }
}
