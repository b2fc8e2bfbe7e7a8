package io.forebay.connectors.http;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads out of a server's refusal which lines it means:
 *
 * <ul>
 *   <li>InfluxDB 3: {@code "data": [{"line_number": 2, "original_line": "…", "error_message":
 *       "…"}]}, or one such object;
 *   <li>InfluxDB 2 Cloud: {@code "line": 2};
 *   <li>InfluxDB 1 and 2: {@code unable to parse 'the line': why}, any number of times.
 * </ul>
 *
 * What does not fit the lines that were sent is not believed.
 */
final class RefusedLines {
  private static final String UNABLE = "unable to parse '";
  private static final String QUOTE_END = "': ";

  private final int count;
  private final IntFunction<String> lines;
  private final Map<Integer, String> named = new TreeMap<>();

  private RefusedLines(int count, IntFunction<String> lines) {
    this.count = count;
    this.lines = lines;
  }

  /**
   * Which of the lines the server names, each with what it says.
   *
   * @param body the server's answer
   * @param count how many lines were sent
   * @param lines each line that was sent, from 0 on
   */
  static Map<Integer, String> in(String body, int count, IntFunction<String> lines) {
    RefusedLines refused = new RefusedLines(count, lines);
    JsonObject answer = json(body);
    if (answer == null) {
      refused.quoted(body);
      return refused.named;
    }
    String message = message(answer);
    switch (answer.getValue("data")) {
      case JsonArray all -> all.forEach(each -> refused.numbered(each, message));
      case null, default -> refused.numbered(answer.getValue("data"), message);
    }
    if (answer.getValue("line") instanceof Number line) {
      refused.name(line.longValue(), "", message);
    }
    refused.quoted(message);
    return refused.named;
  }

  /** What the server says, without the JSON around it. */
  static String message(String body) {
    JsonObject answer = json(body);
    return answer == null ? body.strip() : message(answer);
  }

  private static String message(JsonObject answer) {
    String most = answer.encode();
    for (String name : new String[] {"error", "message"}) {
      if (answer.getValue(name) instanceof String text && !text.isBlank()) {
        most = text;
      }
    }
    return most;
  }

  private static @Nullable JsonObject json(String body) {
    if (!body.stripLeading().startsWith("{")) {
      return null;
    }
    try {
      return new JsonObject(body);
    } catch (DecodeException e) {
      return null;
    }
  }

  private void numbered(@Nullable Object entry, String message) {
    if (entry instanceof JsonObject line && line.getValue("line_number") instanceof Number number) {
      String says = line.getValue("error_message") instanceof String own ? own : message;
      String original = line.getValue("original_line") instanceof String text ? text : "";
      name(number.longValue(), original, says);
    }
  }

  /** Believes a line number if the line begins as the server quotes it, which may be shortened. */
  private void name(long number, String original, String says) {
    if (number < 1 || number > count) {
      return;
    }
    int line = (int) number - 1;
    int compared = Math.min(original.length(), 16);
    if (lines.apply(line).startsWith(original.substring(0, compared))) {
      named.putIfAbsent(line, says);
    }
  }

  private void quoted(String message) {
    int at = message.indexOf(UNABLE);
    if (at < 0) {
      return;
    }
    Map<String, Integer> known = new HashMap<>();
    for (int line = count - 1; line >= 0; line--) {
      known.put(lines.apply(line), line);
    }
    while (at >= 0) {
      int next = message.indexOf(UNABLE, at + UNABLE.length());
      String part = message.substring(at, next < 0 ? message.length() : next).strip();
      for (int end = part.indexOf(QUOTE_END); end >= 0; end = part.indexOf(QUOTE_END, end + 1)) {
        Integer line = known.get(part.substring(UNABLE.length(), Math.max(end, UNABLE.length())));
        if (line != null) {
          named.putIfAbsent(line, part.substring(end + QUOTE_END.length()));
          break;
        }
      }
      at = next;
    }
  }
}
