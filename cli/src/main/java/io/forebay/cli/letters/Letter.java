package io.forebay.cli.letters;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * One line of a file of dead letters.
 *
 * @param line its number in that file, from 1
 * @param from the sink that has refused it, or else the stage that has rejected it, or else the
 *     source that could not read it
 * @param at where the source had it, for example {@code line 7}; empty if that is not told
 * @param content the record as JSON, or the text that is none
 */
record Letter(long line, String from, String reason, String at, String rejectedAt, String content) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** None if the line is no dead letter. */
  static Optional<Letter> parse(long line, String text) {
    JsonNode letter;
    try {
      letter = JSON.readTree(text);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    if (!letter.path("source").isString() || !letter.path("reason").isString()) {
      return Optional.empty();
    }
    JsonNode record = letter.path("record");
    if (record.isMissingNode() && !letter.path("text").isString()) {
      return Optional.empty();
    }
    return Optional.of(
        new Letter(
            line,
            from(letter),
            letter.path("reason").stringValue(),
            letter.path("line").isIntegralNumber()
                ? letter.path("source").stringValue() + ", line " + letter.path("line").longValue()
                : "",
            letter.path("rejectedAt").asString(""),
            record.isMissingNode() ? letter.path("text").stringValue() : record.toString()));
  }

  private static String from(JsonNode letter) {
    for (String part : new String[] {"sink", "stage"}) {
      String name = letter.path(part).asString("");
      if (!name.isEmpty()) {
        return name;
      }
    }
    return letter.path("source").stringValue();
  }
}
