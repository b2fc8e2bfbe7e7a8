package io.forebay.engine.internal.measure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Rejection;
import io.forebay.snapshot.DeadLetterReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Counts dead letters by their reasons. Written by the thread that writes them, read by anybody.
 *
 * <p>Reasons name values ({@code '12a' is no number, in line 4711}), so that there may be as many
 * as records: those that differ only in numbers and in what stands in quotes are one kind. Of kinds
 * a bounded number is counted; when there are more, the one with the least count gives way, so that
 * the frequent ones are found whenever they begin (<i>space-saving</i>; Metwally, Agrawal, El
 * Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005). Nothing is
 * allocated for a record, but for the first of a kind.
 */
public final class ReasonMeter {
  static final int MOST_KINDS = 64;

  /** So many are told. */
  static final int MOST_TOLD = 16;

  /** What of a reason tells its kind, and is kept of it. */
  static final int MOST_CHARS = 400;

  private static final long SEED = 0xCBF29CE484222325L;
  private static final long PRIME = 0x100000001B3L;

  private static final class Kind {
    long shape;
    String stage = "";
    String reason = "";
    long count;

    /** Counts of kinds that had this place before: the kind may have been among them. */
    long inherited;

    String source = "";
    String partition = "";
    long sequence;
    long at;

    long certain() {
      return count - inherited;
    }
  }

  @GuardedBy("this")
  private final Kind[] kinds = new Kind[MOST_KINDS];

  @GuardedBy("this")
  private int size;

  /** A record was written to dead letter. */
  public void written(Rejection rejection, long now) {
    long shape = shape(rejection.stage(), rejection.reason());
    synchronized (this) {
      Kind kind = of(shape, rejection);
      kind.count++;
      kind.source = rejection.source();
      kind.partition = rejection.partition();
      kind.sequence = rejection.sequence();
      kind.at = now;
    }
  }

  @GuardedBy("this")
  private Kind of(long shape, Rejection first) {
    Kind least = null;
    for (int i = 0; i < size; i++) {
      Kind kind = kinds[i];
      if (kind.shape == shape) {
        return kind;
      }
      least = least == null || kind.count < least.count ? kind : least;
    }
    Kind place;
    if (size < MOST_KINDS || least == null) {
      place = new Kind();
      kinds[size++] = place;
    } else {
      place = least;
      place.inherited = place.count;
    }
    place.shape = shape;
    place.stage = first.stage();
    place.reason = cut(first.reason());
    return place;
  }

  private static String cut(String reason) {
    return reason.length() <= MOST_CHARS ? reason : reason.substring(0, MOST_CHARS) + "…";
  }

  /** The reasons that most records had, the most frequent first. */
  public synchronized List<DeadLetterReason> mostFrequent(long now) {
    return Arrays.stream(kinds, 0, size)
        .sorted(Comparator.comparingLong(Kind::certain).reversed())
        .limit(MOST_TOLD)
        .map(kind ->
            new DeadLetterReason(
                kind.stage,
                kind.reason,
                kind.certain(),
                kind.source,
                kind.partition,
                kind.sequence,
                Duration.ofNanos(Math.max(0, now - kind.at))))
        .toList();
  }

  // ------------------------------------------------------------------ what makes a kind

  /** The same for reasons of one kind. */
  static long shape(String stage, String reason) {
    long hash = SEED;
    for (int i = 0; i < stage.length(); i++) {
      hash = mix(hash, stage.charAt(i));
    }
    hash = mix(hash, '\n');
    int end = Math.min(reason.length(), MOST_CHARS);
    int at = 0;
    while (at < end) {
      int next = endOfValue(reason, at, end);
      if (next > at) {
        hash = mix(hash, '…');
        at = next;
      } else {
        for (next = Math.max(at + 1, endOfWord(reason, at, end)); at < next; at++) {
          hash = mix(hash, reason.charAt(at));
        }
      }
    }
    return hash;
  }

  private static long mix(long hash, char c) {
    return (hash ^ c) * PRIME;
  }

  /** Where a value ends that begins here: what stands in quotes, or a word with a digit in it. */
  private static int endOfValue(String text, int from, int end) {
    char first = text.charAt(from);
    boolean startsWord = from == 0 || !Character.isLetterOrDigit(text.charAt(from - 1));
    if ((first == '\'' || first == '"') && startsWord) {
      int close = text.indexOf(first, from + 1);
      return close < 0 ? from : Math.min(end, close + 1);
    }
    boolean signed = (first == '-' || first == '+') && startsWord && from + 1 < end;
    int word = signed ? from + 1 : from;
    int until = endOfWord(text, word, end);
    for (int i = word; i < until; i++) {
      if (Character.isDigit(text.charAt(i))) {
        return until;
      }
    }
    return from;
  }

  /**
   * Where a word ends that begins here; {@code 1.5e-3}, {@code 10:15} and {@code s-7} are words.
   */
  private static int endOfWord(String text, int from, int end) {
    int at = from;
    while (at < end && (Character.isLetterOrDigit(text.charAt(at)) || joins(text, at, from, end))) {
      at++;
    }
    return at;
  }

  private static boolean joins(String text, int at, int from, int end) {
    return at > from
        && at + 1 < end
        && "._-+:/".indexOf(text.charAt(at)) >= 0
        && Character.isLetterOrDigit(text.charAt(at - 1))
        && Character.isLetterOrDigit(text.charAt(at + 1));
  }
}
