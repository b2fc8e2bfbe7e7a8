package io.forebay.workers.internal.supervision;

import io.forebay.snapshot.EndedWorker;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * The workers of a pool that have ended last though nobody wanted them to, with what is known of
 * why: for whoever looks on while it happens again and again. Guarded by the lock of the {@link
 * Fleet}.
 */
final class UnwantedEnds {
  /** So many are remembered: the same is told of each a second time in the log. */
  static final int MOST = 8;

  /** Of what a worker has printed last, its end. */
  static final int MOST_EVIDENCE_CHARS = 1_500;

  private static final int MOST_SENTENCE_CHARS = 500;

  private record Ended(
      long number, String worker, long pid, WorkerEnd end, String evidence, int retried, long at) {}

  /** The newest first. */
  private final Deque<Ended> last = new ArrayDeque<>();

  private long count;

  /**
   * Remembers an end, unless the pool wanted it.
   *
   * @param pid 0 for a worker that could not start
   * @param retried batches that others get
   */
  void add(String worker, long pid, WorkerEnd end, int retried, long now) {
    if (end.kind().planned()) {
      return;
    }
    count++;
    last.addFirst(new Ended(count, worker, pid, end, shortened(end.evidence()), retried, now));
    if (last.size() > MOST) {
      last.removeLast();
    }
  }

  /** The first line, which has the exit code, and the end. */
  private static String shortened(String evidence) {
    if (evidence.length() <= MOST_EVIDENCE_CHARS) {
      return evidence;
    }
    int first = Math.min(evidence.indexOf('\n') + 1, MOST_EVIDENCE_CHARS / 2);
    int from = evidence.length() - (MOST_EVIDENCE_CHARS - first);
    return evidence.substring(0, first) + "…" + evidence.substring(from);
  }

  private static String cut(String sentence) {
    return sentence.length() <= MOST_SENTENCE_CHARS
        ? sentence
        : sentence.substring(0, MOST_SENTENCE_CHARS) + "…";
  }

  List<EndedWorker> list(long now) {
    return last.stream()
        .map(ended ->
            new EndedWorker(
                ended.number,
                ended.worker,
                ended.pid,
                ended.end.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                cut(ended.end.what()),
                ended.end.advice(),
                ended.evidence,
                ended.retried,
                Duration.ofNanos(Math.max(0, now - ended.at))))
        .toList();
  }
}
