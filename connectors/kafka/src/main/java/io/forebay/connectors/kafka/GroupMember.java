package io.forebay.connectors.kafka;

import io.forebay.Position;
import io.forebay.SourceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Reads the partitions that the group gives it. Before one moves to another member, what was read
 * of it is delivered and its offset is committed.
 */
final class GroupMember implements Reading, ConsumerRebalanceListener {
  private static final System.Logger LOG = System.getLogger(GroupMember.class.getName());

  /** How long a partition that moves away may take to be delivered. */
  private static final Duration HANDOVER = Duration.ofSeconds(10);

  private final KafkaSourceSettings settings;
  private final ConsumerCalls calls;
  private final SourceContext context;
  private final Partitions partitions;
  private final GroupOffsets offsets;

  GroupMember(
      KafkaSourceSettings settings,
      ConsumerCalls calls,
      SourceContext context,
      Partitions partitions) {
    this.settings = settings;
    this.calls = calls;
    this.context = context;
    this.partitions = partitions;
    this.offsets = new GroupOffsets(calls);
  }

  @Override
  public void begin() {
    calls.consumer().subscribe(settings.topics(), this);
  }

  @Override
  public boolean isAtEnd() {
    return false;
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> wanted(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> messages) {
    return messages;
  }

  @Override
  public void commit() {
    offsets.commitSoon(partitions.all());
  }

  @Override
  public void end() {
    commitNow(partitions.all());
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
    Map<TopicPartition, OffsetAndMetadata> group = calls.committed(assigned);
    List<TopicPartition> unknown = new ArrayList<>();
    for (TopicPartition partition : assigned) {
      Position resume = context.resumeFrom(Partitions.name(partition));
      OffsetAndMetadata offset = group.get(partition);
      long before = offset == null ? -1 : offset.offset();
      long to = Math.max(resume.sequence() > 0 ? resume.offset() : -1, before);
      if (to >= 0) {
        calls.consumer().seek(partition, to);
        offsets.known(partition, before);
      } else {
        unknown.add(partition);
      }
    }
    if (!unknown.isEmpty()) {
      // What is the end now is not skipped by a later run.
      Map<TopicPartition, Long> starts =
          settings.fromBeginning() ? calls.beginningOffsets(unknown) : calls.endOffsets(unknown);
      starts.forEach(calls.consumer()::seek);
      offsets.pin(starts);
    }
    assigned.forEach(partitions::begin);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    Map<TopicPartition, PartitionReader> leaving = partitions.of(revoked);
    leaving.values().forEach(PartitionReader::stop);
    boolean delivered = true;
    try {
      for (PartitionReader reader : leaving.values()) {
        delivered &= !calls.isStopping() && reader.awaitAcknowledged(HANDOVER.toNanos());
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    if (!delivered && !calls.isStopping()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "source ''{0}'': partitions {1} move to another member of the group before all that was"
              + " read of them is delivered: it is delivered there again",
          context.name(),
          revoked);
    }
    commitNow(leaving);
    partitions.remove(revoked);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    partitions.of(lost).values().forEach(PartitionReader::stop);
    partitions.remove(lost);
  }

  private void commitNow(Map<TopicPartition, PartitionReader> readers) {
    try {
      offsets.commitNow(readers);
    } catch (CommitFailedException | RetriableException | RebalanceInProgressException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "source ''{0}'': the group''s offsets could not be committed ({1}); what is behind them"
              + " may be delivered again",
          context.name(),
          e.getMessage());
    }
  }
}
