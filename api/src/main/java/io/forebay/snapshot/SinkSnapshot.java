package io.forebay.snapshot;

/**
 * A sink, or the dead letters, at an instant. Shares are 0..1 of the elapsed time.
 *
 * @param records rows committed
 * @param busyShare share of the time spent writing and committing
 * @param commits commits done
 * @param commitMsP99 time of a commit, 99th percentile
 * @param retries how often it was tried again after its store was away
 * @param away why its store is away now; empty while it is there
 * @param times what it spends its time on
 * @param bytes bytes of the values that it was given, again what it was given again
 */
public record SinkSnapshot(
    String name,
    long records,
    double busyShare,
    long commits,
    double commitMsP99,
    long retries,
    String away,
    SinkTimes times,
    long bytes) {
  /** A sink of which it is not known what it spends its time on. */
  public SinkSnapshot(
      String name,
      long records,
      double busyShare,
      long commits,
      double commitMsP99,
      long retries,
      String away) {
    this(name, records, busyShare, commits, commitMsP99, retries, away, SinkTimes.NONE, 0);
  }

  /** A sink whose store was never away. */
  public SinkSnapshot(
      String name, long records, double busyShare, long commits, double commitMsP99) {
    this(name, records, busyShare, commits, commitMsP99, 0, "");
  }
}
