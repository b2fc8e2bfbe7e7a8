package io.forebay.engine.internal.sinks;

import io.forebay.Batch;
import io.forebay.Claim;
import io.forebay.LateRefusal;
import io.forebay.Progress;
import io.forebay.Refusal;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.SinkContext;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A sink that passes every call on to another one; a decorator overrides what it adds to. */
abstract class ForwardingSink implements Sink {
  private final Sink inner;

  ForwardingSink(Sink inner) {
    this.inner = inner;
  }

  @Override
  public void check(Schema schema) {
    inner.check(schema);
  }

  @Override
  public List<Claim> claims() {
    return inner.claims();
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    return inner.recover();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    inner.open(context);
  }

  @Override
  public void write(Batch batch) throws IOException {
    inner.write(batch);
  }

  @Override
  public void flush() throws IOException {
    inner.flush();
  }

  @Override
  public List<Refusal> refused() {
    return inner.refused();
  }

  @Override
  public List<LateRefusal> refusedLate() {
    return inner.refusedLate();
  }

  @Override
  public void commit(Progress progress) throws IOException {
    inner.commit(progress);
  }

  @Override
  public boolean needsCommit() {
    return inner.needsCommit();
  }

  @Override
  public boolean effectivelyOnce() {
    return inner.effectivelyOnce();
  }

  @Override
  public boolean retryable() {
    return inner.retryable();
  }

  @Override
  public long backlogBytes() {
    return inner.backlogBytes();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }
}
