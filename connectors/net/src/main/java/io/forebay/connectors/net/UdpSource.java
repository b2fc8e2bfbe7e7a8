package io.forebay.connectors.net;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.SourceState;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.internal.concurrent.AgentRunner;
import io.forebay.internal.concurrent.Mailbox;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Receives datagrams, each of one or more lines; the last needs no newline. A platform thread takes
 * them from the socket into a bounded queue, a virtual thread decodes them and hands them in.
 *
 * <p>UDP cannot be made to wait: while the engine has no room, the queue fills, and then datagrams
 * are dropped. They are counted and reported. It is not repeatable.
 */
public final class UdpSource implements Source {
  private static final int LARGEST_DATAGRAM = 65_535;
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private final NetSettings settings;
  private final boolean extras;

  /** UDP cannot be told to wait, so what does not fit is dropped, and counted. */
  private final Mailbox<Datagram> mailbox;

  private final AtomicLong received = new AtomicLong();
  private final AtomicLong droppedDatagrams = new AtomicLong();
  private final AtomicLong droppedLines = new AtomicLong();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  /**
   * A source that receives when it runs.
   *
   * @throws ConfigurationException if others would reach the address
   */
  public UdpSource(NetSettings settings) {
    if (!settings.address().isLoopback()) {
      throw new ConfigurationException(
          "the UDP source would listen on "
              + settings.address()
              + ", which other machines reach, and UDP has neither TLS nor tokens: listen on"
              + " 127.0.0.1 behind a relay or a tunnel, or use TCP or HTTP");
    }
    this.settings = settings;
    this.extras = settings.carriesExtras();
    this.mailbox = Mailbox.ofWeight(settings.limits().queueBytes(), Datagram::memoryBytes);
  }

  @Override
  public Schema schema() {
    return settings.fields();
  }

  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public boolean carriesExtras() {
    return extras;
  }

  /** The port it receives on, as soon as it does. */
  public CompletableFuture<Integer> port() {
    return port;
  }

  /** Datagrams that were taken from the socket, those included that found no room then. */
  public long received() {
    return received.get();
  }

  /** Datagrams that found no room. */
  public long droppedDatagrams() {
    return droppedDatagrams.get();
  }

  /** The lines in them. */
  public long droppedLines() {
    return droppedLines.get();
  }

  @Override
  public void run(SourceContext context) throws IOException, InterruptedException {
    PartitionRecords records = new PartitionRecords(context.partition(""), context.resumeFrom(""));
    MessageDecoder decoder = settings.decoder(context.replacedColumns());
    DatagramChannel channel = DatagramChannel.open();
    try {
      bind(channel);
      Thread decoding =
          Thread.ofVirtual()
              .name("forebay-" + context.name() + "-partition")
              .start(
                  AgentRunner.once(() -> decode(records, decoder), failure::completeExceptionally));
      Thread receiving =
          Thread.ofPlatform()
              .daemon()
              .name("forebay-" + context.name() + "-udp")
              .start(
                  AgentRunner.once(
                      () -> receive(channel, context), failure::completeExceptionally));
      try {
        Reports.until(failure, "datagrams could not be received", () -> report(context));
      } finally {
        channel.close();
        mailbox.close();
        LinePartitions.finish(receiving);
        LinePartitions.finish(decoding);
      }
    } finally {
      channel.close();
    }
  }

  private void report(SourceContext context) {
    int listening = port.getNow(0);
    long inKernel = KernelDrops.of(listening);
    String dropped = "";
    if (droppedDatagrams.get() + inKernel > 0) {
      dropped =
          ", "
              + droppedDatagrams.get()
              + " datagrams dropped for want of room and "
              + inKernel
              + " by the kernel: the pipeline is slower than their senders";
    }
    context.state(
        SourceState.CONNECTED,
        "receives on UDP " + settings.address().withPort(listening) + dropped);
  }

  private void bind(DatagramChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
    try {
      channel.bind(new InetSocketAddress(settings.address().resolve(), settings.address().port()));
    } catch (IOException e) {
      port.completeExceptionally(e);
      throw new IOException(
          "cannot receive on UDP " + settings.address() + ": " + e.getMessage(), e);
    }
    port.complete(((InetSocketAddress) channel.getLocalAddress()).getPort());
  }

  private void receive(DatagramChannel channel, SourceContext context) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
    try {
      while (true) {
        buffer.clear();
        SocketAddress sender = channel.receive(buffer);
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        Datagram datagram = new Datagram(bytes, sender);
        if (mailbox.offer(datagram) != Mailbox.Offer.TAKEN) {
          droppedDatagrams.incrementAndGet();
          int lines = datagram.lines();
          droppedLines.addAndGet(lines);
          context.dropped(lines);
        }
        received.incrementAndGet();
      }
    } catch (ClosedChannelException e) {
      // The source stops.
    }
  }

  private void decode(PartitionRecords records, MessageDecoder decoder) {
    try {
      for (var next = mailbox.take(); next != null; next = mailbox.take()) {
        records.sender(next.sender());
        decoder.decode(next.bytes(), 0, next.bytes().length, records);
      }
    } catch (InterruptedException e) {
      // The engine takes no more records.
    }
  }

  @Override
  public void close() {
    port.completeExceptionally(new IOException("the source is closed"));
  }
}
