package io.forebay.connectors.net;

import io.forebay.formats.api.MessageDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client: passes on what it sends and stops reading while too much of that waits.
 *
 * <p>It stands in the connection's pipeline before Vert.x, which would read some chunks ahead while
 * it is paused: too many for ten thousand connections. Its event loop calls it as a handler and
 * {@link #closed}; the partition's thread calls {@link #done} and {@link #frames}.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements LinePartition.Sender {
  /** Chunks of one connection that may wait while there is memory; one if there is none. */
  private static final int MOST_WAITING = 4;

  private final Channel channel;
  private final LinePartition partition;
  private final LineFrames frames;
  private final LineLimits limits;

  /** Bytes of all connections that wait in partitions. */
  private final AtomicLong queued;

  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean paused;

  /** What must come before the first line; null when it came, or if nothing must. */
  private @Nullable TokenLine tokenLine;

  /** What reads its lines; of the partition's thread. */
  private @Nullable MessageDecoder decoder;

  /** Of the partition's thread, too. */
  private boolean begun;

  private boolean refused;

  TcpConnection(
      Channel channel,
      LinePartition partition,
      LineLimits limits,
      TcpMemory memory,
      @Nullable TokenLine tokenLine) {
    this.channel = channel;
    this.partition = partition;
    this.limits = limits;
    this.queued = memory.queued();
    this.frames = new LineFrames(limits, memory.unfinished());
    this.tokenLine = tokenLine;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      received(bytes);
    } finally {
      buffer.release();
    }
  }

  private void received(byte[] chunk) {
    byte[] bytes = chunk;
    TokenLine expected = tokenLine;
    if (expected != null) {
      switch (expected.feed(bytes)) {
        case TokenLine.State.Incomplete ignored -> {
          return;
        }
        case TokenLine.State.Wrong ignored -> {
          var _ = channel.close();
          return;
        }
        case TokenLine.State.Right(byte[] rest) -> {
          tokenLine = null;
          bytes = rest;
        }
      }
    }
    if (bytes.length > 0) {
      waiting.incrementAndGet();
      queued.addAndGet(bytes.length);
      partition.offer(this, bytes);
      if (isFull()) {
        paused = true;
        channel.config().setAutoRead(false);
        if (!isFull()) {
          resume(); // The partition was through with them before it could see that we wait.
        }
      }
    }
  }

  private boolean isFull() {
    int most = queued.get() > limits.queueBytes() ? 1 : MOST_WAITING;
    return waiting.get() >= most;
  }

  private void resume() {
    if (paused) {
      paused = false;
      channel.config().setAutoRead(true);
    }
  }

  /** Whether it has shown the token, if there is one. */
  boolean isAuthorized() {
    return tokenLine == null;
  }

  void closed() {
    partition.ended(this);
  }

  @Override
  public LineFrames frames() {
    return frames;
  }

  @Override
  public boolean isNew() {
    return !begun;
  }

  @Override
  public void begun(boolean goesOn) {
    begun = true;
    refused = !goesOn;
    if (refused) {
      var _ = channel.close();
    }
  }

  @Override
  public boolean isRefused() {
    return refused;
  }

  @Override
  public MessageDecoder decoder(MessageDecoder ofPartition) {
    MessageDecoder own = decoder;
    if (own == null) {
      own = ofPartition.ofConnection();
      decoder = own;
    }
    return own;
  }

  @Override
  public Object address() {
    return channel.remoteAddress();
  }

  @Override
  public void done(int bytes) {
    queued.addAndGet(-bytes);
    if (waiting.decrementAndGet() == 0 && paused) {
      channel.eventLoop().execute(this::resume);
    }
  }
}
