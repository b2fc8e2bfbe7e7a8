package io.forebay.formats.api;

import io.forebay.columns.Field;

/**
 * Counts the NaN and infinite values that were written as null, because the format has no text for
 * them, and says so once for each output.
 */
public final class NonFinite {
  private final String output;
  private long count;

  /**
   * @param output its name for the warning
   */
  public NonFinite(String output) {
    this.output = output;
  }

  /** Counts them, and says nothing: for whoever only looks on. */
  public static NonFinite unsaid() {
    return new NonFinite("");
  }

  public void found(Field field, double value) {
    if (count++ == 0 && !output.isEmpty()) {
      // Not before it is needed: the first logger is looked for in the whole class path.
      System.getLogger(NonFinite.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "{0}: column ''{1}'' holds {2}, which cannot be written, so it is written as null, as"
                  + " are all further ones: let the function reject such records",
              output,
              field.name(),
              Double.toString(value));
    }
  }

  /** How many there were. */
  public long count() {
    return count;
  }
}
