package io.forebay.cli.trial;

import io.forebay.DeadLetters;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.SinkContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keeps why the first record was rejected, and throws the records away. */
final class TrialRejections implements DeadLetters {
  private final CompletableFuture<Void> first;
  private volatile Optional<String> reason = Optional.empty();

  /**
   * @param first is completed by the first rejection
   */
  TrialRejections(CompletableFuture<Void> first) {
    this.first = first;
  }

  /** Why the first one was rejected. */
  Optional<String> reason() {
    return reason;
  }

  @Override
  public void write(Rejection rejection) {
    if (reason.isEmpty()) {
      reason = Optional.of(rejection.reason());
    }
    first.complete(null);
  }

  @Override
  public Optional<Progress> recover() {
    return Optional.empty();
  }

  @Override
  public void open(SinkContext context) {}

  @Override
  public void commit(Progress progress) {}

  @Override
  public void close() {}
}
