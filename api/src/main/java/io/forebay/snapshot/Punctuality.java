package io.forebay.snapshot;

/**
 * How punctual a thread is that has to be free for records to come in: every 10 ms it is to run a
 * beat, and how late it does is its delay. The definitions are in {@code docs/specs/metrics.md}.
 *
 * @param thread {@code dispatcher}; {@code virtual} for those on which sources run; or the name of
 *     the source whose event loop it is
 * @param delay how late the beats were; those that fell into a stall count, too
 * @param stalls how often it was held up for {@value #STALL_MILLIS} ms or longer
 */
public record Punctuality(String thread, Latency delay, long stalls) {
  /** A thread that is held up for so long is a stall, of which a warning tells. */
  public static final int STALL_MILLIS = 200;
}
