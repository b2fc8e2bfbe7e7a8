package io.forebay.connectors.mqtt.internal.payloads;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;

/** Reads messages in one of the formats that all connectors know. */
public final class PayloadReader implements MessageReader, MessageRecords {
  private final MessageDecoder decoder;
  private final NumberedRecords records;
  private String topic = "";

  public PayloadReader(MessageDecoder decoder, NumberedRecords records) {
    this.decoder = decoder;
    this.records = records;
  }

  @Override
  public void read(String from, byte[] bytes, int start, int length) throws InterruptedException {
    topic = from;
    decoder.decode(bytes, start, length, this);
  }

  @Override
  public RecordWriter writer() {
    return records.writer();
  }

  @Override
  public void record() throws InterruptedException {
    records.append(topic);
  }

  @Override
  public void bad(String reason, Rejection.Text text) throws InterruptedException {
    records.reject(topic, reason, text);
  }
}
