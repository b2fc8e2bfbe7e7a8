package io.forebay.connectors.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** How a client wants to be answered: by Forebay, or as InfluxDB 1 or 2 would. */
enum Dialect {
  FOREBAY,
  INFLUX_1,
  INFLUX_2;

  /** All records of a request are committed. */
  Answer taken(RequestOutcome outcome) {
    return this == FOREBAY
        ? Answer.json(200, new JsonObject().put("taken", outcome.taken()))
        : Answer.empty(204);
  }

  /** Some records could not be read; the others are committed. */
  Answer partly(RequestOutcome outcome) {
    long all = outcome.taken() + outcome.bad();
    String count =
        outcome.taken() + " of " + all + " records were taken, the others are in dead letter";
    RequestOutcome.Problem first = outcome.problems().getFirst();
    String sentence = first.place() + ": " + first.reason() + "; " + count;
    return switch (this) {
      case FOREBAY -> {
        JsonArray errors = new JsonArray();
        outcome
            .problems()
            .forEach(problem ->
                errors.add(
                    new JsonObject().put("at", problem.place()).put("reason", problem.reason())));
        yield Answer.json(
            400,
            new JsonObject()
                .put("error", sentence)
                .put("taken", outcome.taken())
                .put("rejected", outcome.bad())
                .put("errors", errors));
      }
      case INFLUX_1 -> failed(400, "partial write: " + sentence + " dropped=" + outcome.bad());
      case INFLUX_2 -> failed(400, "partial write: " + sentence);
    };
  }

  /** Nothing was taken. */
  Answer failed(int status, String sentence) {
    return switch (this) {
      case FOREBAY -> Answer.json(status, new JsonObject().put("error", sentence));
      case INFLUX_1 ->
          Answer.json(status, new JsonObject().put("error", sentence))
              .with("X-Influxdb-Error", headerText(sentence));
      case INFLUX_2 ->
          Answer.json(status, new JsonObject().put("code", code(status)).put("message", sentence));
    };
  }

  /** Try again later. */
  Answer unavailable(String sentence) {
    return failed(503, sentence).with("Retry-After", "2");
  }

  private static String code(int status) {
    return switch (status) {
      case 401 -> "unauthorized";
      case 404 -> "not found";
      case 405 -> "method not allowed";
      case 413 -> "request too large";
      case 415 -> "unsupported media type";
      case 503 -> "unavailable";
      default -> "invalid";
    };
  }

  private static String headerText(String sentence) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(500, sentence.length()); i++) {
      char c = sentence.charAt(i);
      text.append(c >= ' ' && c < 0x7F ? c : '?');
    }
    return text.toString();
  }
}
