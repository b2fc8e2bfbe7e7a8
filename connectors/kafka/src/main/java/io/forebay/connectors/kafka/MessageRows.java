package io.forebay.connectors.kafka;

import static io.forebay.connectors.kafka.MessageProgress.RECORDS_PER_MESSAGE;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageRecords;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands the records of messages to the engine, numbered, without those that it has. Used by the
 * thread that decodes.
 */
final class MessageRows implements MessageRecords {
  private final RecordWriter writer;
  private final MessageDecoder decoder;
  private final MessageColumns more;
  private final MessageProgress progress;

  /** What is being decoded, and how many records it has had. */
  private @Nullable ConsumerRecord<byte[], byte[]> message;

  private long index;

  MessageRows(
      RecordWriter writer, MessageDecoder decoder, MessageFields more, MessageProgress progress) {
    this.writer = writer;
    this.decoder = decoder;
    this.more = new MessageColumns(more, decoder.schema().size());
    this.progress = progress;
  }

  /** Hands in the records of a message; waits while the engine has no room. */
  void decode(ConsumerRecord<byte[], byte[]> each) throws InterruptedException {
    message = each;
    index = 0;
    byte[] value = each.value();
    if (value == null) {
      bad("the message has no value: it deletes its key", text(each.key()));
    } else {
      decoder.decode(value, 0, value.length, this);
    }
    progress.decoded(each.offset(), index);
  }

  private static Rejection.Text text(byte @Nullable [] bytes) {
    return bytes == null ? Rejection.Text.NONE : Rejection.Text.of(bytes, 0, bytes.length);
  }

  @Override
  public RecordWriter writer() {
    return writer;
  }

  @Override
  public void record() throws InterruptedException {
    ConsumerRecord<byte[], byte[]> of = present();
    if (!isNew(of)) {
      writer.clear();
      index++;
      return;
    }
    if (index == RECORDS_PER_MESSAGE - 1) {
      writer.clear();
      bad("the message has more records than " + (RECORDS_PER_MESSAGE - 1), Rejection.Text.NONE);
      return;
    }
    String unfit = more.set(writer, of);
    if (!unfit.isEmpty()) {
      writer.clear();
      bad(unfit, text(of.value()));
      return;
    }
    writer.append(next(of), of.offset());
  }

  @Override
  public void bad(String reason, Rejection.Text text) throws InterruptedException {
    ConsumerRecord<byte[], byte[]> of = present();
    if (!isNew(of)) {
      writer.clear();
      index++;
      return;
    }
    writer.reject(next(of), of.offset(), reason + " (offset " + of.offset() + ")", text);
  }

  private ConsumerRecord<byte[], byte[]> present() {
    ConsumerRecord<byte[], byte[]> of = message;
    if (of == null) {
      throw new IllegalStateException("a record outside of a message");
    }
    return of;
  }

  /** Whether the engine does not have the next record, and it can be numbered. */
  private boolean isNew(ConsumerRecord<byte[], byte[]> of) {
    return index < RECORDS_PER_MESSAGE
        && progress.isNew(MessageProgress.sequence(of.offset(), index));
  }

  private long next(ConsumerRecord<byte[], byte[]> of) {
    long sequence = MessageProgress.sequence(of.offset(), index);
    index++;
    progress.appending(sequence);
    return sequence;
  }
}
