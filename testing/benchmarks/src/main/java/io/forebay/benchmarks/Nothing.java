package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;

/** A function that does nothing: what is left is the way to it and back. */
public final class Nothing implements BatchFunction {
  @Override
  public Schema outputs(Schema input) {
    return Schema.of();
  }

  @Override
  public void apply(Batch in, BatchWriter out) {}
}
