package io.forebay.spool;

import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.errors.RetryableException;
import io.forebay.internal.concurrent.Backoff;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.internal.rows.RefusalStreak;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Carries rows from a spool to the sink behind it, commits the sink at the commits that are in the
 * spool, and opens it again when its store was away.
 *
 * <p>What the store refuses is offered to the engine, and the sink is committed behind it only when
 * it is durable in dead letter: a crash before that has it refused again, from the spool.
 *
 * <p>A thread of its own runs {@link #run} and alone uses the sink until it ends.
 */
final class Deliverer {
  private static final System.Logger LOGGER = System.getLogger(SpooledSink.class.getName());
  private static final int MOST_ROWS = 4_096;
  private static final long MOST_BYTES = 1 << 20;

  /** While another commit follows, the sink is committed at so many bytes or so many commits. */
  private static final long COMMIT_BYTES = 8 << 20;

  private static final int MOST_SKIPPED = 8;

  /**
   * Whom it serves.
   *
   * @param directory where the spool lies
   * @param context how the spooled sink was opened
   * @param extras whether rows carry extras; known once there is a row
   */
  record Wiring(Sink sink, Path directory, SinkContext context, BooleanSupplier extras) {}

  private final Wiring wiring;
  private final Sink sink;
  private final SpoolLog spool;
  private final Handover handover;
  private final Backoff backoff;
  private final List<String> partitions = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private final RefusedRows refused;
  private final RefusalStreak streak = new RefusalStreak();

  /** The sequence of the last frame that the sink has committed. */
  private long delivered;

  Deliverer(Wiring wiring, SpoolLog spool, Handover handover, Backoff backoff) {
    this.wiring = wiring;
    this.sink = wiring.sink;
    this.spool = spool;
    this.handover = handover;
    this.backoff = backoff;
    this.delivered = spool.released();
    this.refused =
        new RefusedRows(
            partitions, wiring.context.schema(), wiring.extras, spool.last(), handover::offer);
  }

  /**
   * Opens the sink, before {@link #run}.
   *
   * @param resume whether it has something, or has had everything before
   */
  void open(boolean resume) throws IOException {
    SinkContext outer = wiring.context;
    sink.open(new SinkContext(outer.pipeline(), outer.schema(), partitions, resume));
  }

  /** Delivers until the spool ends, the hand-over is closed, or something fails for good. */
  void run() {
    boolean there = true;
    while (true) {
      try {
        if (!there) {
          bringBack();
          there = true;
        }
        deliver();
        return;
      } catch (RetryableException e) {
        if (backoff.failures() == 0) {
          LOGGER.log(
              System.Logger.Level.WARNING,
              "the store behind the spool '" + wiring.directory + "' is away: " + e.getMessage());
        }
        there = false;
        if (!handover.pause(backoff.next().toNanos())) {
          return;
        }
      } catch (Throwable e) { // Also an interrupt: before the hand-over is closed nobody asks.
        handover.fail(e);
        return;
      }
    }
  }

  private void bringBack() throws IOException {
    Optional<Progress> found = sink.recover();
    long place = found.map(has -> has.frontier().of(SpooledSink.PLACE).sequence()).orElse(0L);
    boolean resume = wiring.context.resume() || delivered > 0 || place > 0;
    if (sink.effectivelyOnce() && place < delivered) {
      throw new IOException("its store came back without what was committed there: put that back");
    }
    open(resume);
    refused.writtenAgain();
    streak.reopened();
    if (place > delivered) {
      committed(place); // A commit whose answer was lost.
    }
  }

  private void deliver() throws IOException, InterruptedException {
    Schema schema = wiring.context.schema();
    RecordCodec records = new RecordCodec(schema);
    HeapBatchBuilder batch = null; // Whether there are extras is known with the first row.
    long sinceCommit = 0;
    int skipped = 0;
    try (SpoolReader reader = new SpoolReader(spool, delivered)) {
      while (true) {
        SpoolReader.Found found = reader.next();
        if (found == SpoolReader.Found.END) {
          return;
        }
        if (found == SpoolReader.Found.LOST) {
          throw damaged(reader);
        }
        ByteBuffer payload = reader.payload();
        if (RecordCodec.kind(payload) == RecordCodec.COMMIT) {
          sinceCommit += batch == null ? 0 : writeOut(batch);
          Progress progress = Commit.decode(payload);
          boolean due = sinceCommit > COMMIT_BYTES || ++skipped == MOST_SKIPPED;
          // Without a later commit to come, the engine may be waiting for the room of this one.
          if (due || reader.sequence() >= handover.lastCommit()) {
            settleRefused(reader.sequence());
            sink.commit(withPlace(progress, reader.sequence()));
            committed(reader.sequence());
            sinceCommit = 0;
            skipped = 0;
          }
          continue;
        }
        if (batch == null) {
          batch = new HeapBatchBuilder(schema, wiring.extras.getAsBoolean());
        }
        RecordCodec.Place place = RecordCodec.place(payload);
        batch.partition(index(place.partition()));
        records.replay(payload, batch, place.sequence(), 0);
        if (batch.rows() >= MOST_ROWS || batch.bytes() >= MOST_BYTES) {
          sinceCommit += writeOut(batch);
          if (refused.isMany()) {
            settleRefused(reader.sequence());
          }
        }
      }
    }
  }

  private long writeOut(HeapBatchBuilder batch) throws IOException {
    long bytes = batch.bytes();
    int rows = batch.rows();
    if (rows > 0) {
      sink.write(batch.build());
      streak.given(rows);
      addRefused(false);
    }
    return bytes;
  }

  private void addRefused(boolean flushed) throws IOException {
    List<Refusal> more = sink.refused();
    streak.refused(more, flushed);
    refused.add(more);
  }

  /** Everything up to here is with the store, or in dead letter. */
  private void settleRefused(long sequence) throws IOException, InterruptedException {
    sink.flush();
    addRefused(true);
    refused.offer(spool, delivered, sequence);
  }

  private IOException damaged(SpoolReader reader) {
    return new IOException(
        "the spool '"
            + wiring.directory
            + "' is damaged at its records "
            + reader.lostFrom()
            + " to "
            + reader.lostTo()
            + ", which the sink does not have yet: run again with --accept-loss to go on without"
            + " them");
  }

  private int index(String partition) {
    Integer known = indexes.get(partition);
    if (known != null) {
      return known;
    }
    partitions.add(partition);
    indexes.put(partition, partitions.size() - 1);
    return partitions.size() - 1;
  }

  private static Progress withPlace(Progress progress, long sequence) {
    return new Progress(
        progress.pipeline(),
        progress.frontier().with(SpooledSink.PLACE, new Position(sequence, sequence)),
        progress.complete());
  }

  /**
   * Only this shows that the store is there: what was written before may have waited in the sink.
   */
  private void committed(long sequence) {
    if (backoff.failures() > 0) {
      backoff.succeeded();
      LOGGER.log(
          System.Logger.Level.INFO,
          "the store behind the spool '" + wiring.directory + "' is back");
    }
    delivered = sequence;
    refused.committed();
    streak.committed();
    spool.release(sequence);
    handover.delivered(sequence);
  }
}
