package io.forebay.cli.letters;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

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
  private static final JsonFactory JSON = new JsonFactory();

  /** None if the line is no dead letter. */
  static Optional<Letter> parse(long line, String text) {
    String source = "";
    String stage = "";
    String sink = "";
    String at = "";
    String rejectedAt = "";
    String reason = null;
    String content = null;
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "source" -> source = json.getString();
          case "stage" -> stage = json.getString();
          case "sink" -> sink = json.getString();
          case "line" -> at = json.getString();
          case "rejectedAt" -> rejectedAt = json.getString();
          case "reason" -> reason = json.getString();
          case "text" -> content = json.getString();
          case "record" -> {
            int begin = (int) json.currentTokenLocation().getCharOffset();
            json.skipChildren();
            content = text.substring(begin, (int) json.currentLocation().getCharOffset());
          }
          default -> json.skipChildren();
        }
      }
    } catch (JacksonException e) {
      return Optional.empty();
    }
    if (source.isEmpty() || reason == null || content == null) {
      return Optional.empty();
    }
    String from = !sink.isEmpty() ? sink : !stage.isEmpty() ? stage : source;
    String place = at.isEmpty() ? "" : source + ", line " + at;
    return Optional.of(new Letter(line, from, reason, place, rejectedAt, content));
  }
}
