package io.forebay;

import java.io.IOException;

/** Keeps the records that could not be read or that a function rejected, each with its reason. */
public non-sealed interface DeadLetters extends Output {
  /** Writes one rejected record. */
  void write(Rejection rejection) throws IOException;
}
