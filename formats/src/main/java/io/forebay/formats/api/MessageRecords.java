package io.forebay.formats.api;

import io.forebay.RecordWriter;
import io.forebay.Rejection;

/** Takes the records of messages. */
public interface MessageRecords {
  /**
   * Where the decoder sets columns. Columns of your own, behind those of {@link
   * MessageDecoder#schema}, are set in {@link #record}: a decoder clears the writer.
   */
  RecordWriter writer();

  /** The columns that are set are a record: append it. */
  void record() throws InterruptedException;

  /**
   * A record that cannot be read; the writer is cleared.
   *
   * @param reason one sentence: what is wrong with it
   * @param text the record as it was received
   */
  void bad(String reason, Rejection.Text text) throws InterruptedException;

  /**
   * A record, or a bad one with the reason if there is one: then the writer is cleared.
   *
   * @param reason empty where nothing is wrong
   */
  default void settle(String reason, Rejection.Text text) throws InterruptedException {
    if (reason.isEmpty()) {
      record();
    } else {
      writer().clear();
      bad(reason, text);
    }
  }

  /**
   * As the other one, for a row that cannot be understood without its header.
   *
   * @param row the row alone, as it stands in the message
   * @param text the row behind its header: what is kept of it
   */
  default void bad(String reason, Rejection.Text row, Rejection.Text text)
      throws InterruptedException {
    bad(reason, text);
  }
}
