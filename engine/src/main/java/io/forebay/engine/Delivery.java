package io.forebay.engine;

/** What a pipeline can be asked to guarantee across crashes, for {@link PipelineBuilder}. */
public enum Delivery {
  /** No record is lost; some may arrive twice. */
  AT_LEAST_ONCE,

  /** No record arrives twice; some may be lost. */
  AT_MOST_ONCE,

  /** No record is lost, and none arrives twice. */
  EFFECTIVELY_ONCE
}
