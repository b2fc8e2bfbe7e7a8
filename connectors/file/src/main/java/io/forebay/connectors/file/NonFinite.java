package io.forebay.connectors.file;

import io.forebay.Field;

/**
 * Counts the NaN and infinite values that were written as null, because JSON and CSV have no text
 * for them, and says so once for each output.
 */
final class NonFinite {
  private static final System.Logger LOG = System.getLogger(NonFinite.class.getName());

  private final String output;
  private long count;

  NonFinite(String output) {
    this.output = output;
  }

  void found(Field field, double value) {
    if (count++ == 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: column ''{1}'' holds {2}, which cannot be written, so it is written as null, as are"
              + " all further ones: let the function reject such records",
          output,
          field.name(),
          Double.toString(value));
    }
  }

  long count() {
    return count;
  }
}
