package io.forebay.formats.api;

import io.forebay.Schema;

/** Decodes messages (payloads) into records. Not thread-safe: one for each writer. */
public interface MessageDecoder {
  /** The columns that {@link #decode} sets: the first ones of the writer's schema. */
  Schema schema();

  /** Whether records may have members that no field declares. */
  boolean carriesExtras();

  /**
   * Decodes one message: sets the columns of {@code out.writer()} and calls {@code out.record()}
   * for each record; calls {@code out.bad(…)} for each record of the message that cannot be read,
   * and goes on with the others. Never throws for bad input. The bytes are read during the call
   * only.
   */
  void decode(byte[] bytes, int from, int length, MessageRecords out) throws InterruptedException;

  /**
   * A decoder of what one connection sends, in pieces of whole lines: it knows at each piece what
   * came before. It uses the memory of this one, so only one of the two, and of all that were made
   * of it, is used at a time.
   */
  default MessageDecoder ofConnection() {
    return this;
  }
}
