package io.forebay.connectors.file;

import io.forebay.Schema;
import org.jspecify.annotations.Nullable;

/** Finds out the fields of a file from its first lines. */
record Inference(Schema schema, String line) {
  static Inference of(
      FileOrigin origin,
      FileFormat format,
      @Nullable Schema declared,
      char separator,
      FileLimits limits) {
    throw new UnsupportedOperationException("not yet: declare fields");
  }
}
