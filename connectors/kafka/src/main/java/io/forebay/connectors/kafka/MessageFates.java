package io.forebay.connectors.kafka;

import io.forebay.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the messages that were sent. The producer's thread says it; all else belongs
 * to the sink's thread.
 */
final class MessageFates {
  private record Row(int partition, long sequence) {}

  private record Refused(Row row, String reason) {}

  private final ConcurrentLinkedQueue<Refused> told = new ConcurrentLinkedQueue<>();

  /** What went wrong with a message, and is not its own fault. */
  private volatile @Nullable Exception failure;

  /** What was said of a message whose only fault was to be sent with another one. */
  private volatile @Nullable Exception spoilt;

  /** The rows that brokers have refused since the last commit; they are not sent again. */
  private final Map<Row, String> refused = new HashMap<>();

  /** Of these, and of others that were not sent, those that nobody has asked for. */
  private final List<Refusal> unasked = new ArrayList<>();

  private boolean anyRefused;
  private String lastReason = "";

  /** What hears about the message of a row. */
  Callback ofRow(int partition, long sequence) {
    return (RecordMetadata sent, @Nullable Exception e) -> {
      if (e == null) {
        return;
      }
      if (isOfMessage(e) && isOfOther(e)) {
        spoilt = e;
      } else if (isOfMessage(e)) {
        told.add(new Refused(new Row(partition, sequence), String.valueOf(e.getMessage())));
      } else {
        fail(e);
      }
    };
  }

  private static boolean isOfMessage(Exception e) {
    return e instanceof RecordTooLargeException
        || e instanceof InvalidRecordException
        || e instanceof InvalidTimestampException;
  }

  /**
   * Whether another message is at fault: the client says so of those that were in one batch with
   * one that the broker names ({@code Sender.failBatch}).
   */
  private static boolean isOfOther(Exception e) {
    return String.valueOf(e.getMessage()).contains("part of a batch");
  }

  /** Whether messages were not taken that nobody has refused; they are to be sent again. */
  boolean isSpoilt() {
    return spoilt != null;
  }

  /** What hears about any other message. */
  Callback ofOther() {
    return (RecordMetadata sent, @Nullable Exception e) -> {
      if (e != null) {
        fail(e);
      }
    };
  }

  private void fail(Exception e) {
    if (failure == null) {
      failure = e;
    }
  }

  @Nullable Exception failure() {
    return failure;
  }

  /** Whether brokers have refused messages since the sink was opened. */
  boolean takeRefused() {
    for (Refused each = told.poll(); each != null; each = told.poll()) {
      refused.put(each.row, each.reason);
      lastReason = each.reason;
      anyRefused = true;
    }
    return anyRefused;
  }

  /** Why the last of them was refused. */
  String lastReason() {
    return lastReason;
  }

  /** Whether brokers have refused the row before; then it is among the refusals. */
  boolean wasRefused(String where, int partition, long sequence) {
    if (refused.isEmpty()) {
      return false;
    }
    String reason = refused.get(new Row(partition, sequence));
    if (reason == null) {
      return false;
    }
    refuse(where, partition, sequence, reason);
    return true;
  }

  /** The row goes to dead letter. */
  void refuse(String where, int partition, long sequence, String reason) {
    unasked.add(new Refusal(partition, sequence, where + " refuses the record: " + reason, ""));
  }

  /** All that were refused, where nothing has to be sent again because of them. */
  void refuseAll(String where) {
    refused.forEach((row, reason) -> refuse(where, row.partition, row.sequence, reason));
    refused.clear();
    anyRefused = false;
  }

  List<Refusal> take() {
    List<Refusal> all = List.copyOf(unasked);
    unasked.clear();
    return all;
  }

  boolean hasUnasked() {
    return !unasked.isEmpty();
  }

  /** Everything since the last commit is sent again, without what was refused. */
  void reopened() {
    var _ = takeRefused();
    anyRefused = false;
    unasked.clear();
    failure = null;
    spoilt = null;
  }

  /** What was refused up to here does not come again. */
  void committed() {
    refused.clear();
  }
}
