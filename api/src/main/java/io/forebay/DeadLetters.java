package io.forebay;

import java.io.IOException;

/** Keeps the records that could not be read or that a function rejected, each with its reason. */
public non-sealed interface DeadLetters extends Output {
  /** Says how the records of a source are numbered; called for each source, before all else. */
  default void source(String name, Numbering numbering) {}

  /** Writes one rejected record. */
  void write(Rejection rejection) throws IOException;
}
