package io.forebay.snapshot;

/**
 * What the machine's cores that this process may use have done since the run started, in
 * nanoseconds; {@link StageTimes#UNKNOWN} where the system does not tell (anything but Linux).
 *
 * @param cores how many there are
 * @param own CPU time of the engine's process and its workers'
 * @param others the cores were busy with other programs
 * @param steal the cores were with other virtual machines of the host
 * @param throttled the process was held back by the CPU quota of its control group
 */
public record HostTimes(int cores, long own, long others, long steal, long throttled) {
  /** Of a machine of which nothing is known. */
  public static final HostTimes UNKNOWN =
      new HostTimes(
          1, StageTimes.UNKNOWN, StageTimes.UNKNOWN, StageTimes.UNKNOWN, StageTimes.UNKNOWN);

  /** What came between an earlier instant and this one. */
  public HostTimes since(HostTimes earlier) {
    return new HostTimes(
        cores,
        StageTimes.difference(own, earlier.own),
        StageTimes.difference(others, earlier.others),
        StageTimes.difference(steal, earlier.steal),
        StageTimes.difference(throttled, earlier.throttled));
  }
}
