package io.forebay.connectors.net;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.formats.api.MessageRecords;
import java.net.InetSocketAddress;

/** Numbers the records of one partition and hands them in. Used by the partition's thread. */
public final class PartitionRecords implements MessageRecords {
  private final RecordWriter writer;
  private long sequence;
  private Object sender = "";

  /** Goes on behind {@code start}. */
  public PartitionRecords(RecordWriter writer, Position start) {
    this.writer = writer;
    this.sequence = start.sequence();
  }

  /** Who sends what comes next, for the reasons of bad records. */
  void sender(Object address) {
    sender = address;
  }

  @Override
  public RecordWriter writer() {
    return writer;
  }

  @Override
  public void record() throws InterruptedException {
    writer.append(sequence + 1, 0);
    sequence++;
  }

  @Override
  public void bad(String reason, Rejection.Text text) throws InterruptedException {
    String from =
        sender instanceof InetSocketAddress address
            ? address.getAddress().getHostAddress() + ":" + address.getPort()
            : sender.toString();
    writer.reject(sequence + 1, 0, from.isEmpty() ? reason : reason + " (from " + from + ")", text);
    sequence++;
  }

  /** The number of the last record that was handed in. */
  public long sequence() {
    return sequence;
  }
}
