package io.forebay.dashboard;

import io.forebay.errors.ConfigurationException;
import io.forebay.tap.TapPart;
import io.forebay.tap.TapRequest;
import io.forebay.tap.Taps;
import io.vertx.core.http.HttpServerRequest;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a request for samples asks for: {@code /tap?part=features&where=value>80&rate=10&limit=100}.
 *
 * @param limit so many samples
 */
record TapQuery(TapRequest request, long limit) {
  private static final double USUAL_RATE = 10;

  /**
   * Reads a request.
   *
   * @throws ConfigurationException in one sentence, if it names no part, or what is to be a number
   *     is none
   */
  static TapQuery of(HttpServerRequest request, Taps taps) {
    String part = request.getParam("part", "");
    if (part.isEmpty()) {
      throw new ConfigurationException(
          "name a part, as in /tap?part=NAME: "
              + taps.parts().stream().map(TapPart::title).collect(Collectors.joining(", ")));
    }
    return new TapQuery(
        new TapRequest(part, request.getParam("where", ""), rate(request.getParam("rate"))),
        limit(request.getParam("limit")));
  }

  private static double rate(@Nullable String text) {
    try {
      return text == null ? USUAL_RATE : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ConfigurationException("the rate '" + text + "' is no number of records a second");
    }
  }

  private static long limit(@Nullable String text) {
    try {
      long limit = text == null ? Long.MAX_VALUE : Long.parseLong(text);
      if (limit > 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new ConfigurationException("the limit '" + text + "' is no number of records above 0");
  }
}
