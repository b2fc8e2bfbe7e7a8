package io.forebay.snapshot;

import io.forebay.RecordCounts;
import java.time.Duration;
import java.util.List;

/**
 * A pipeline at an instant: everything that is measured, as one value.
 *
 * @param records what has become of the records that this run has read
 * @param earlier what has become of those that earlier runs had read and committed where this one
 *     goes on; {@link RecordCounts#NONE} if it does not go on from one
 * @param slots how many slots the forebay has
 * @param slotsFree how many of them are free
 * @param dispatcherBusyShare share of the time in which the dispatcher's thread worked
 * @param settings what it was told
 * @param engine what the engine's own process has spent time on
 * @param host what the machine's cores have done
 * @param latency how long records have taken to be committed
 * @param heartbeats how punctual the threads are that have to be free for records to come in
 * @param reasons why records went to dead letter, the most frequent first; not all, if there are
 *     many
 */
public record PipelineSnapshot(
    String name,
    Duration elapsed,
    RecordCounts records,
    RecordCounts earlier,
    int slots,
    int slotsFree,
    double dispatcherBusyShare,
    List<SourceSnapshot> sources,
    List<StageSnapshot> stages,
    List<SinkSnapshot> sinks,
    PipelineSettings settings,
    EngineTimes engine,
    HostTimes host,
    Latency.Both latency,
    List<Punctuality> heartbeats,
    List<DeadLetterReason> reasons) {
  /** A pipeline of whose engine and machine nothing is known. */
  public PipelineSnapshot(
      String name,
      Duration elapsed,
      RecordCounts records,
      RecordCounts earlier,
      int slots,
      int slotsFree,
      double dispatcherBusyShare,
      List<SourceSnapshot> sources,
      List<StageSnapshot> stages,
      List<SinkSnapshot> sinks) {
    this(
        name,
        elapsed,
        records,
        earlier,
        slots,
        slotsFree,
        dispatcherBusyShare,
        sources,
        stages,
        sinks,
        PipelineSettings.NONE,
        EngineTimes.NONE,
        HostTimes.UNKNOWN,
        Latency.Both.NONE,
        List.of(),
        List.of());
  }

  /** What has become of all records, from the first run on that was not complete. */
  public RecordCounts acrossRuns() {
    return earlier.plus(records);
  }

  /** Records that left the pipeline, whichever way, per second. */
  public double recordsPerSecond() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds <= 0 ? 0 : (records.read() - records.inFlight()) / seconds;
  }
}
