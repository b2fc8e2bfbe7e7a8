package io.forebay.observe;

import static io.forebay.observe.Thresholds.SECOND_SHARE;

import io.forebay.snapshot.PipelineSnapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What limits a pipeline while it runs, over the last ten seconds; and what has limited it for
 * which share of the run, so that causes that came one after the other are told apart. Snapshots
 * carry their time: nothing here reads a clock. Thread-safe.
 *
 * <pre>{@code
 * LiveDiagnosis live = new LiveDiagnosis();
 * Diagnosis now = live.observe(pipeline.snapshot());  // every second
 * …
 * List<Diagnosis> causes = live.causes(last);         // at the end
 * }</pre>
 */
public final class LiveDiagnosis {
  /** What happened before is forgotten. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** What happens about once a second, as ends of workers, is told by no fewer of them. */
  static final Duration SPELL = Duration.ofSeconds(3);

  /** Snapshots that follow sooner are looked at, and not kept. */
  static final Duration STEP = Duration.ofMillis(900);

  private final ArrayDeque<PipelineSnapshot> window = new ArrayDeque<>();

  /** By kind and part, how long it was the cause, and how it was told then. */
  private final Map<String, Spell> spells = new LinkedHashMap<>();

  private long spellNanos;

  private record Spell(Diagnosis diagnosis, long nanos) {}

  /** Takes a snapshot in, of every second or so; what has limited the pipeline lately. */
  public synchronized Diagnosis observe(PipelineSnapshot now) {
    PipelineSnapshot before = window.peekLast();
    if (before == null) {
      window.addLast(now);
      return Causes.of(now).getFirst();
    }
    long step = now.elapsed().toNanos() - before.elapsed().toNanos();
    if (step >= STEP.toNanos()) {
      note(ofStep(before, now), step);
      window.addLast(now);
      while (window.size() > 2
          && now.elapsed().minus(window.getFirst().elapsed()).compareTo(WINDOW) > 0) {
        window.removeFirst();
      }
    }
    return Causes.of(window.getFirst(), now).getFirst();
  }

  private Diagnosis ofStep(PipelineSnapshot before, PipelineSnapshot now) {
    Diagnosis spell = Causes.of(earlier(now), now).getFirst();
    return LossRules.tells(spell.kind()) ? spell : Causes.of(before, now).getFirst();
  }

  /** The latest snapshot that is no younger than a spell, or the first. */
  private PipelineSnapshot earlier(PipelineSnapshot now) {
    PipelineSnapshot earlier = window.getFirst();
    for (PipelineSnapshot each : window) {
      if (now.elapsed().minus(each.elapsed()).compareTo(SPELL) >= 0) {
        earlier = each;
      }
    }
    return earlier;
  }

  private void note(Diagnosis diagnosis, long nanos) {
    spellNanos += nanos;
    spells.merge(
        diagnosis.kind() + " " + diagnosis.part(),
        new Spell(diagnosis, nanos),
        (old, now) ->
            new Spell(
                now.diagnosis.share() > old.diagnosis.share() ? now.diagnosis : old.diagnosis,
                old.nanos + now.nanos));
  }

  /**
   * What has limited the whole run. The first is the most important one; where there are more, each
   * with its share of the time, its sentence names them all.
   *
   * @param last the last snapshot
   */
  public synchronized List<Diagnosis> causes(PipelineSnapshot last) {
    List<Diagnosis> whole = Causes.of(last);
    List<Spell> lasting =
        spells.values().stream()
            .filter(spell -> spell.nanos >= SECOND_SHARE * spellNanos)
            .filter(spell -> spell.diagnosis.kind() != Diagnosis.Kind.NONE)
            .sorted(Comparator.comparingLong(Spell::nanos).reversed())
            .toList();
    if (spells.size() < 2 || lasting.isEmpty()) {
      return told(whole);
    }
    List<Diagnosis> causes = new ArrayList<>();
    for (Spell spell : lasting) {
      double share = (double) spell.nanos / spellNanos;
      Diagnosis same = same(whole, spell.diagnosis).orElse(spell.diagnosis);
      causes.add(same.over(lasting.size() == 1 ? same.share() : share, same.sentence()));
    }
    leadWith(whole.getFirst(), causes);
    return told(causes);
  }

  /**
   * Where seconds tell one part's cause now so, now so, as where others have the cores for some of
   * the time, that of the whole run comes first; and so do ends of workers, of which some seconds
   * show only what they lead to.
   */
  private static void leadWith(Diagnosis whole, List<Diagnosis> causes) {
    same(causes, whole)
        .filter(
            cause -> cause.part().equals(causes.getFirst().part()) || LossRules.tells(cause.kind()))
        .ifPresent(cause -> {
          causes.remove(cause);
          causes.addFirst(cause);
        });
  }

  private static Optional<Diagnosis> same(List<Diagnosis> among, Diagnosis as) {
    return among.stream()
        .filter(each -> each.kind() == as.kind() && each.part().equals(as.part()))
        .findFirst();
  }

  /** The first says all of it. */
  static List<Diagnosis> told(List<Diagnosis> causes) {
    if (causes.size() < 2) {
      return causes;
    }
    StringBuilder all = new StringBuilder();
    for (Diagnosis cause : causes) {
      all.append(all.isEmpty() ? "For " : " For ")
          .append(Format.percent(cause.share()))
          .append(" of the time: ")
          .append(cause.sentence());
    }
    List<Diagnosis> told = new ArrayList<>(causes);
    told.set(0, causes.getFirst().over(causes.getFirst().share(), all.toString()));
    return told;
  }
}
