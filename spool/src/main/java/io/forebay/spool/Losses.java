package io.forebay.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a spool held that was safe and not delivered, and holds no more. */
final class Losses {
  private static final int MOST_SHOWN = 3;

  private final List<Loss> all = new ArrayList<>();

  /**
   * Frames that are missing.
   *
   * @param where which file is damaged or gone
   */
  record Loss(long from, long to, String where) {
    long frames() {
      return to - from + 1;
    }
  }

  /** Adds those of the frames that are behind {@code known}. */
  void add(long from, long to, long known, String where) {
    long first = Math.max(from, known + 1);
    if (first <= to) {
      all.add(new Loss(first, to, where));
    }
  }

  /** These and those. */
  Losses and(Losses more) {
    Losses both = new Losses();
    both.all.addAll(all);
    both.all.addAll(more.all);
    both.all.sort(Comparator.comparingLong(Loss::from));
    return both;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** The first frame that is missing. */
  long first() {
    return all.stream().mapToLong(Loss::from).min().orElse(Long.MAX_VALUE);
  }

  long frames() {
    return all.stream().mapToLong(Loss::frames).sum();
  }

  /** Whether all of these frames are among those that are missing. */
  boolean contains(long from, long to) {
    long next = from;
    for (Loss loss : all) {
      if (loss.from <= next && next <= loss.to) {
        next = loss.to + 1;
      }
    }
    return next > to;
  }

  /** Refuses to go on. */
  IOException refusal(Path directory) {
    return new IOException(
        sentence(directory)
            + ": put the files back as they were, or run with --accept-loss to go on without these"
            + " records");
  }

  String sentence(Path directory) {
    StringBuilder text = new StringBuilder("the spool '" + directory + "' has lost ");
    text.append(frames()).append(" records that were safe in it and are not delivered (");
    for (int i = 0; i < Math.min(MOST_SHOWN, all.size()); i++) {
      Loss loss = all.get(i);
      text.append(i == 0 ? "" : "; ").append(loss.where).append(", records ").append(loss.from);
      text.append(" to ").append(loss.to);
    }
    if (all.size() > MOST_SHOWN) {
      text.append("; and ").append(all.size() - MOST_SHOWN).append(" more places");
    }
    return text.append(')').toString();
  }
}
