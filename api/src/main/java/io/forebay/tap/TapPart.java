package io.forebay.tap;

import io.forebay.Schema;

/**
 * A part of a pipeline at which records can be looked at.
 *
 * @param schema the columns that its records have there
 */
public record TapPart(Kind kind, String name, Schema schema) {
  /** What a part is, and so which records are seen at it. */
  public enum Kind {
    /** Records as they were read, and those that could not be. */
    SOURCE("source", "from the source"),
    /** Records as its function has returned them, and those that it has rejected. */
    STAGE("stage", "after the stage"),
    /** Records as they are given to it. */
    SINK("sink", "before the sink"),
    /** Records that were rejected, whoever has. */
    DEAD_LETTER("dead letter", "in");

    private final String word;
    private final String place;

    Kind(String word, String place) {
      this.word = word;
      this.place = place;
    }

    /** The word for it. */
    public String word() {
      return word;
    }

    /** The words before its name that say where the records are seen. */
    public String place() {
      return place;
    }
  }

  /** Its name for people: {@code the stage 'features'}. */
  public String title() {
    return "the " + kind.word() + " '" + name + "'";
  }
}
