package io.forebay.observe;

import io.forebay.snapshot.PipelineSnapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who looks on is told of a running pipeline, in a browser or in a terminal: the
 * summary as it would be now, and how it got on in the last seconds. Fed with one snapshot after
 * another, which carry their time; used by one thread at a time.
 */
public final class Status {
  /** Rates and shares are of so long: records count when they are committed, in groups. */
  private static final Duration LATELY = Duration.ofSeconds(5);

  /** Of snapshots that follow sooner, the last one is kept. */
  private static final Duration STEP = Duration.ofMillis(900);

  private final LiveDiagnosis live;

  /** The oldest first: of about each second one, and the last one. */
  private final ArrayDeque<PipelineSnapshot> recent = new ArrayDeque<>();

  private @Nullable Diagnosis diagnosis;
  private @Nullable Summary ended;

  /**
   * Of a pipeline of which nothing is known yet.
   *
   * @param live says what limits it; is given every snapshot
   */
  public Status(LiveDiagnosis live) {
    this.live = live;
  }

  /** It is so now. */
  public void put(PipelineSnapshot now) {
    PipelineSnapshot last = recent.pollLast();
    if (last != null && (recent.isEmpty() || isStep(recent.getLast(), last))) {
      recent.addLast(last);
    }
    recent.addLast(now);
    while (recent.size() > 2 && now.elapsed().minus(second().elapsed()).compareTo(LATELY) >= 0) {
      recent.removeFirst();
    }
    diagnosis = live.observe(now);
  }

  private static boolean isStep(PipelineSnapshot before, PipelineSnapshot now) {
    return now.elapsed().minus(before.elapsed()).compareTo(STEP) >= 0;
  }

  private PipelineSnapshot second() {
    return recent.stream().skip(1).findFirst().orElseThrow();
  }

  /** It has ended so. */
  public void end(Summary summary) {
    ended = summary;
    put(summary.run());
  }

  /** Whether nothing is known yet. */
  public boolean isEmpty() {
    return recent.isEmpty();
  }

  public boolean hasEnded() {
    return ended != null;
  }

  /** The last snapshot; null while there is none. */
  public @Nullable PipelineSnapshot last() {
    return recent.peekLast();
  }

  /** What has limited it in the last seconds. */
  public Optional<Diagnosis> diagnosis() {
    return Optional.ofNullable(diagnosis);
  }

  /** All of it, as it stands in JSON; the map may be added to. Not while it {@link #isEmpty}. */
  public Map<String, Object> values() {
    PipelineSnapshot now = recent.getLast();
    Summary ending = ended;
    Summary summary = ending == null ? new Summary(now, "running", "", live.causes(now)) : ending;
    Map<String, Object> json = summary.values();
    Map<String, Object> lately = Recent.between(recent.getFirst(), now).values();
    if (diagnosis != null) {
      lately.put("diagnosis", DiagnosisJson.of(diagnosis));
    }
    json.put("recent", lately);
    return json;
  }
}
