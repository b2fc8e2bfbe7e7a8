package io.forebay.formats.api;

import io.forebay.errors.ConfigurationException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How records are written in a message. */
public enum MessageFormat {
  /** One object, or an array of objects. */
  JSON("json"),
  /** One JSON object a line. */
  NDJSON("ndjson"),
  /** RFC 4180 rows, with a header row or with the fields in their order. */
  CSV("csv"),
  /** The message is one number, the field {@code value}. */
  NUMBER("number"),
  /** InfluxDB line protocol. */
  LINE_PROTOCOL("line-protocol");

  private final String text;

  MessageFormat(String text) {
    this.text = text;
  }

  /** The name used in pipeline files. */
  public String text() {
    return text;
  }

  /**
   * The format of that name.
   *
   * @throws ConfigurationException naming the formats, if there is none
   */
  public static MessageFormat parse(String text) {
    for (MessageFormat format : values()) {
      if (format.text.equals(text)) {
        return format;
      }
    }
    throw new ConfigurationException(
        "unknown format '"
            + text
            + "': use "
            + Arrays.stream(values()).map(MessageFormat::text).collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return text;
  }
}
