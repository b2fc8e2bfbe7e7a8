package io.forebay.benchmarks;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What anybody would write to read an object of three members with Jackson's streaming parser: what
 * bare loops do with a message. For one thread.
 */
final class BareReading {
  private static final JsonFactory JSON = new JsonFactory();

  private double value;

  /** Reads a message; whether it is a reading, whose {@link #value} is known then. */
  boolean read(byte[] bytes, int from, int length) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, from, length)) {
      parser.nextToken();
      String sensor = "";
      long time = 0;
      value = 0;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "sensorId" -> sensor = parser.getString();
          case "timestamp" -> time = parser.getLongValue();
          default -> value = parser.getDoubleValue();
        }
      }
      return !sensor.isEmpty() && time > 0;
    }
  }

  double value() {
    return value;
  }
}
