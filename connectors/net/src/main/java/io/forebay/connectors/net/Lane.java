package io.forebay.connectors.net;

import io.forebay.Rejection;
import io.forebay.formats.MessageDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what its connections have sent and hands it in: one partition of a source.
 *
 * <p>Event loops call {@link #offer}; one thread runs {@link #run} and blocks in there when the
 * engine has no room. The queue is bounded by those who offer: a connection offers a few chunks and
 * then stops reading until {@link Sender#done} is called for them.
 */
final class Lane implements Runnable, LineFrames.Lines {
  private static final int MOST_AT_ONCE = 256;

  /** A connection, as its lane sees it. */
  interface Sender {
    /** Its lines; used by the lane's thread. */
    LineFrames frames();

    /** Its address, as text when it is needed. */
    Object address();

    /** The lane is through with a chunk of so many bytes. */
    void done(int bytes);
  }

  /** Bytes of a connection; without bytes: its end; without a sender: the lane's end. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Chunk(@Nullable Sender sender, byte @Nullable [] bytes) {}

  private static final Chunk LAST = new Chunk(null, null);

  private final LaneRecords records;
  private final MessageDecoder decoder;
  private final boolean oneByOne;
  private final BlockingQueue<Chunk> queue = new LinkedBlockingQueue<>();

  /**
   * @param oneByOne whether the decoder takes one line at a time
   */
  Lane(LaneRecords records, MessageDecoder decoder, boolean oneByOne) {
    this.records = records;
    this.decoder = decoder;
    this.oneByOne = oneByOne;
  }

  /** Takes bytes of a connection, in the order in which they were received. */
  void offer(Sender sender, byte[] bytes) {
    queue.add(new Chunk(sender, bytes));
  }

  /** Nothing more comes of the connection. */
  void ended(Sender sender) {
    queue.add(new Chunk(sender, null));
  }

  /** The lane ends when everything before is handed in. */
  void finish() {
    queue.add(LAST);
  }

  /** Decodes until {@link #finish} or an interrupt, or until the engine takes no more records. */
  @Override
  public void run() {
    List<Chunk> chunks = new ArrayList<>(MOST_AT_ONCE);
    try {
      while (true) {
        chunks.clear();
        chunks.add(queue.take());
        queue.drainTo(chunks, MOST_AT_ONCE - 1);
        for (Chunk chunk : chunks) {
          Sender sender = chunk.sender();
          if (sender == null) {
            return;
          }
          take(sender, chunk.bytes());
        }
      }
    } catch (InterruptedException e) {
      // The engine takes no more records.
    }
  }

  private void take(Sender sender, byte @Nullable [] bytes) throws InterruptedException {
    records.sender(sender.address());
    if (bytes == null) {
      sender.frames().end(this);
    } else {
      sender.frames().feed(bytes, bytes.length, this);
      sender.done(bytes.length);
    }
  }

  @Override
  public void lines(byte[] bytes, int from, int length) throws InterruptedException {
    if (!oneByOne) {
      decoder.decode(bytes, from, length, records);
      return;
    }
    int start = from;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\n') {
        int end = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
        if (end > start) {
          decoder.decode(bytes, start, end - start, records);
        }
        start = i + 1;
      }
    }
  }

  @Override
  public void discarded(String reason, Rejection.Text text) throws InterruptedException {
    records.bad(reason, text);
  }
}
