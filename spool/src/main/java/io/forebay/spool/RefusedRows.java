package io.forebay.spool;

import io.forebay.Batch;
import io.forebay.LateRefusal;
import io.forebay.Refusal;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.internal.rows.HeapBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The rows that the store behind a spool has refused since the sink was committed last. Only their
 * keys are kept: the rows are read from the spool again when they are offered. Used by the
 * deliverer.
 */
final class RefusedRows {
  /** With so many, it is time to offer them; and no more are offered at once. */
  private static final int MANY = 1_000;

  private static final long MOST_BYTES = 1 << 20;

  /** Takes refused rows, and returns when they are durable in dead letter. */
  interface Keeper {
    void keep(List<LateRefusal> refused) throws InterruptedException;
  }

  private record Key(String partition, long sequence) {}

  private final List<String> partitions;
  private final Schema schema;
  private final BooleanSupplier extras;
  private final long lastOfEarlierRuns;
  private final Keeper keeper;
  private final Map<Key, Refusal> refused = new LinkedHashMap<>();

  /** What is in dead letter already. */
  private final Set<Key> kept = new HashSet<>();

  /**
   * @param partitions the names behind {@link Refusal#partition}
   * @param extras whether rows carry extras
   * @param lastOfEarlierRuns the last frame in the spool that this run has not written
   */
  RefusedRows(
      List<String> partitions,
      Schema schema,
      BooleanSupplier extras,
      long lastOfEarlierRuns,
      Keeper keeper) {
    this.partitions = partitions;
    this.schema = schema;
    this.extras = extras;
    this.lastOfEarlierRuns = lastOfEarlierRuns;
    this.keeper = keeper;
  }

  /** Takes in what the sink says: one letter a record, however many of its rows are refused. */
  void add(List<Refusal> more) {
    for (Refusal each : more) {
      Key key = new Key(partitions.get(each.partition()), each.sequence());
      if (!kept.contains(key)) {
        refused.putIfAbsent(key, each);
      }
    }
  }

  boolean isMany() {
    return refused.size() >= MANY;
  }

  /** The sink was opened again: its rows since the last commit are written, and refused, again. */
  void writtenAgain() {
    refused.clear();
  }

  /** The sink is committed. */
  void committed() {
    kept.clear();
  }

  /**
   * Has everything that is refused kept in dead letter.
   *
   * @param after the sink has committed everything up to this sequence
   * @param until and was given everything up to this one
   */
  void offer(SpoolLog spool, long after, long until) throws IOException, InterruptedException {
    if (refused.isEmpty()) {
      return;
    }
    RecordCodec records = new RecordCodec(schema);
    HeapBatchBuilder rows = new HeapBatchBuilder(schema, extras.getAsBoolean());
    List<Found> found = new ArrayList<>();
    try (SpoolReader reader = new SpoolReader(spool, after)) {
      while (!refused.isEmpty()
          && reader.sequence() < until
          && reader.next() == SpoolReader.Found.FRAME) {
        ByteBuffer payload = reader.payload();
        if (RecordCodec.kind(payload) != RecordCodec.RECORD) {
          continue;
        }
        RecordCodec.Place place = RecordCodec.place(payload);
        Key key = new Key(place.partition(), place.sequence());
        Refusal refusal = refused.remove(key);
        if (refusal == null) {
          continue;
        }
        found.add(new Found(key, refusal, reader.sequence() > lastOfEarlierRuns));
        rows.partition(refusal.partition());
        records.replay(payload, rows, place.sequence(), 0);
        if (rows.rows() >= MANY || rows.bytes() >= MOST_BYTES) {
          keep(found, rows);
        }
      }
    }
    keep(found, rows);
    if (!refused.isEmpty()) {
      Key lost = refused.keySet().iterator().next();
      throw new IOException(
          "its store refuses record "
              + lost.sequence
              + " of '"
              + lost.partition
              + "', which is not in the spool where it was read from: run again");
    }
  }

  private record Found(Key key, Refusal refusal, boolean ofThisRun) {}

  private void keep(List<Found> found, HeapBatchBuilder rows) throws InterruptedException {
    if (found.isEmpty()) {
      return;
    }
    Batch batch = rows.build();
    List<LateRefusal> late = new ArrayList<>(found.size());
    for (Found each : found) {
      late.add(
          new LateRefusal(
              each.key.partition,
              each.key.sequence,
              each.refusal.reason(),
              each.refusal.detail(),
              new Rejection.Row(batch, late.size()),
              each.ofThisRun));
    }
    keeper.keep(late);
    found.forEach(each -> kept.add(each.key));
    found.clear();
  }
}
