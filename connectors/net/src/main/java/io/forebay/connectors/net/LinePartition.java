package io.forebay.connectors.net;

import io.forebay.Rejection;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.internal.concurrent.Mailbox;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what its connections have sent and hands it in: one partition of a source.
 *
 * <p>Event loops call {@link #offer}; one thread runs {@link #run} and blocks in there when the
 * engine has no room. The mailbox is bounded by those who offer: a connection offers a few chunks
 * and then stops reading until {@link Sender#done} is called for them.
 */
final class LinePartition implements Runnable, LineFrames.Lines {
  private static final int MOST_AT_ONCE = 256;

  /** A connection, as its partition sees it. */
  interface Sender {
    /** Its lines; used by the partition's thread. */
    LineFrames frames();

    /** What reads its lines, made of the partition's; used by the partition's thread. */
    MessageDecoder decoder(MessageDecoder ofPartition);

    /** Whether its first line is still to come; used by the partition's thread. */
    boolean isNew();

    /** Its first line has come: whether more of it is taken. */
    void begun(boolean goesOn);

    /** Whether nothing more of it is taken. */
    boolean isRefused();

    /** Its address, as text when it is needed. */
    Object address();

    /** The partition is through with a chunk of so many bytes. */
    void done(int bytes);
  }

  /** Bytes of a connection; without bytes: its end. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Chunk(Sender sender, byte @Nullable [] bytes) {}

  private final PartitionRecords records;
  private final MessageDecoder decoder;
  private final boolean oneByOne;

  /** Of the connection whose lines are being read. */
  private MessageDecoder present;

  private @Nullable Sender sender;

  private final Mailbox<Chunk> mailbox = Mailbox.boundedBySenders();

  /**
   * @param oneByOne whether the decoder takes one line at a time
   */
  LinePartition(PartitionRecords records, MessageDecoder decoder, boolean oneByOne) {
    this.records = records;
    this.decoder = decoder;
    this.present = decoder;
    this.oneByOne = oneByOne;
  }

  /** Takes bytes of a connection, in the order in which they were received. */
  void offer(Sender sender, byte[] bytes) {
    mailbox.offer(new Chunk(sender, bytes));
  }

  /** Nothing more comes of the connection. */
  void ended(Sender sender) {
    mailbox.offer(new Chunk(sender, null));
  }

  /** The partition ends when everything before is handed in. */
  void finish() {
    mailbox.close();
  }

  /** Decodes until {@link #finish} or an interrupt, or until the engine takes no more records. */
  @Override
  public void run() {
    List<Chunk> chunks = new ArrayList<>(MOST_AT_ONCE);
    try {
      while (mailbox.take(chunks, MOST_AT_ONCE)) {
        for (Chunk chunk : chunks) {
          take(chunk.sender(), chunk.bytes());
        }
        chunks.clear();
      }
    } catch (InterruptedException e) {
      // The engine takes no more records.
    }
  }

  private void take(Sender sender, byte @Nullable [] bytes) throws InterruptedException {
    records.sender(sender.address());
    this.sender = sender;
    present = sender.decoder(decoder);
    if (bytes == null) {
      sender.frames().end(this);
    } else {
      if (!sender.isRefused()) {
        sender.frames().feed(bytes, bytes.length, this);
      }
      sender.done(bytes.length);
    }
  }

  @Override
  public void lines(byte[] bytes, int from, int length) throws InterruptedException {
    Sender of = sender;
    if (of != null && of.isRefused()) {
      return;
    }
    if (of != null && of.isNew()) {
      int end = from;
      while (bytes[end] != '\n') {
        end++;
      }
      boolean isHttp = HttpRequestLine.is(bytes, from, end);
      of.begun(!isHttp);
      if (isHttp) {
        records.bad(HttpRequestLine.REFUSAL, Rejection.Text.of(bytes, from, end));
        return;
      }
    }
    if (!oneByOne) {
      present.decode(bytes, from, length, records);
      return;
    }
    int start = from;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\n') {
        int end = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
        if (end > start) {
          present.decode(bytes, start, end - start, records);
        }
        start = i + 1;
      }
    }
  }

  @Override
  public void discarded(String reason, Rejection.Text text) throws InterruptedException {
    if (sender != null && sender.isRefused()) {
      return;
    }
    records.bad(reason, text);
  }
}
