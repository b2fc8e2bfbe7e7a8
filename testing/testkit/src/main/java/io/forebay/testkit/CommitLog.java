package io.forebay.testkit;

import io.forebay.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Entries, of which those before the last commit survive a crash. Thread-safe. */
final class CommitLog<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<T> entries = new ArrayList<>(); // guarded by lock, as all below
  private int committed;
  private int commits;
  private @Nullable Progress progress;

  void append(T entry) {
    locked(() -> entries.add(entry));
  }

  void commit(Progress reached) {
    locked(() -> {
      progress = reached;
      committed = entries.size();
      return ++commits;
    });
  }

  /** Cuts off what is behind the last commit, or everything. */
  void open(boolean resume) {
    locked(() -> {
      if (!resume) {
        committed = 0;
        progress = null;
      }
      entries.subList(committed, entries.size()).clear();
      return entries;
    });
  }

  Optional<Progress> progress() {
    return locked(() -> Optional.ofNullable(progress));
  }

  List<T> entries() {
    return locked(() -> List.copyOf(entries));
  }

  List<T> committed() {
    return locked(() -> List.copyOf(entries.subList(0, committed)));
  }

  int commits() {
    return locked(() -> commits);
  }

  /** A log that holds what was committed here. */
  CommitLog<T> afterCrash() {
    CommitLog<T> log = new CommitLog<>();
    locked(() -> {
      log.entries.addAll(entries.subList(0, committed));
      log.committed = committed;
      log.progress = progress;
      return log;
    });
    return log;
  }

  private <R> R locked(Supplier<R> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
