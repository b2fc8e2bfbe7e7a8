package io.forebay;

/**
 * Where the records are. At every instant {@code read = delivered + deadLettered + filtered +
 * dropped + inFlight + aggregated}. A record that a function multiplied counts once: as
 * dead-lettered if one of its parts was, as delivered if one of its parts was, otherwise as
 * filtered. What is written counts when every sink and the dead letters have committed it; until
 * then it is in flight.
 *
 * @param read received by sources, readable or not
 * @param delivered committed in every sink; with a spool before it, in that
 * @param deadLettered committed in dead letter, also if only one of the sinks' stores has refused
 *     it
 * @param filtered left out by a function, and committed so
 * @param dropped thrown away because the user chose to, or chose a source that cannot be made to
 *     wait
 * @param aggregated counted in a window, and committed so: the window's row follows, maybe in
 *     another run, when the window is over. Only in pipelines whose sinks get rows of windows, and
 *     there instead of {@code delivered}
 * @param inFlight neither of these yet: a run that follows reads it again, if the source can
 */
public record RecordCounts(
    long read,
    long delivered,
    long deadLettered,
    long filtered,
    long dropped,
    long inFlight,
    long aggregated) {
  /** No records at all. */
  public static final RecordCounts NONE = new RecordCounts(0, 0, 0, 0, 0, 0);

  /** Without windows. */
  public RecordCounts(
      long read, long delivered, long deadLettered, long filtered, long dropped, long inFlight) {
    this(read, delivered, deadLettered, filtered, dropped, inFlight, 0);
  }

  /**
   * With windows, in which those are that were taken for delivered.
   *
   * @param late but so many of them, which came too late and are in a sink
   */
  public RecordCounts ofWindows(long late) {
    return new RecordCounts(
        read, late, deadLettered, filtered, dropped, inFlight, aggregated + delivered - late);
  }

  /** Both taken together. */
  public RecordCounts plus(RecordCounts other) {
    return new RecordCounts(
        read + other.read,
        delivered + other.delivered,
        deadLettered + other.deadLettered,
        filtered + other.filtered,
        dropped + other.dropped,
        inFlight + other.inFlight,
        aggregated + other.aggregated);
  }
}
