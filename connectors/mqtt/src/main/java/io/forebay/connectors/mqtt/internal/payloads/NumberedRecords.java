package io.forebay.connectors.mqtt.internal.payloads;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.connectors.mqtt.internal.topics.TopicFields;

/** Hands records in, and numbers them. Used by the reading thread. */
public final class NumberedRecords {
  private final RecordWriter writer;
  private final TopicFields topics;
  private long last;

  /**
   * @param start the number before the first record's
   */
  public NumberedRecords(RecordWriter writer, TopicFields topics, long start) {
    this.writer = writer;
    this.topics = topics;
    this.last = start;
  }

  RecordWriter writer() {
    return writer;
  }

  /** The number of the last record. */
  public long last() {
    return last;
  }

  /** Hands in the record whose payload's fields are set. */
  void append(String topic) throws InterruptedException {
    if (!topics.set(topic, writer)) {
      writer.clear();
      reject(
          topic,
          "it is none of the source's topics, the broker still remembers it from an earlier run:"
              + " unsubscribe the client id from it",
          Rejection.Text.NONE);
      return;
    }
    writer.append(last + 1, last + 1);
    last++;
  }

  /** Hands in a record that cannot be read, or a message. */
  public void reject(String topic, String reason, Rejection.Text text) throws InterruptedException {
    writer.reject(last + 1, last + 1, "topic '" + topic + "': " + reason, text);
    last++;
  }
}
