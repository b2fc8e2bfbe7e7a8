package io.forebay.observe;

import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SinkTimes;
import org.jspecify.annotations.Nullable;

/** What a sink has done between two snapshots, of which {@code sink} is the later one. */
record SinkSpan(
    SinkSnapshot sink, SinkTimes times, double busy, long retries, long records, long commits) {
  /** What the output for rejected records is called. */
  private static final String DEAD_LETTER = "deadLetter";

  static SinkSpan of(@Nullable SinkSnapshot begin, SinkSnapshot end, long nanos) {
    SinkTimes times = begin == null ? end.times() : end.times().since(begin.times());
    boolean measured = end.times().writeNanos() + end.times().commitNanos() > 0;
    double nanosBusy = (double) times.writeNanos() + times.commitNanos();
    return new SinkSpan(
        end,
        times,
        measured ? Math.min(1, nanosBusy / Math.max(1, nanos)) : end.busyShare(),
        end.retries() - (begin == null ? 0 : begin.retries()),
        end.records() - (begin == null ? 0 : begin.records()),
        end.commits() - (begin == null ? 0 : begin.commits()));
  }

  String name() {
    return sink.name();
  }

  boolean isDeadLetter() {
    return name().equals(DEAD_LETTER);
  }

  /** Records of the mean commit. */
  double recordsPerCommit() {
    return commits <= 0 ? records : (double) records / commits;
  }

  /** Share of its work that was committing. */
  double committing() {
    double all = (double) times.writeNanos() + times.commitNanos();
    return all <= 0 ? 0 : times.commitNanos() / all;
  }
}
