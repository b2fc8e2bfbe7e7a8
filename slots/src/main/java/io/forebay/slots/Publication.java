package io.forebay.slots;

import java.lang.foreign.MemorySegment;

/**
 * What a slot has told another process: the engine's side publishes content, which a worker's side
 * loads. Nothing is written again that lies there already.
 */
final class Publication {
  private final SlotHeader header;

  /** Counts handings over, and calls within the engine's process. */
  private int submission;

  /** The {@link SlotContent#version} that lies in the slot, -1 for none, and what goes with it. */
  private int version = -1;

  private int rows;
  private int columns;
  private int trust;

  Publication(MemorySegment memory, ColumnBuffer[] columns, Geometry.RowBuffers places) {
    this.header = new SlotHeader(memory, columns, places);
  }

  int submission() {
    return submission;
  }

  /** A call begins without a worker of another process. */
  void callHere() {
    submission++;
  }

  /** See {@link Slot#publish}. */
  void publish(SlotContent content, long sequence, int trust) {
    submission++;
    int withContent = content.columnsWithContent();
    if (content.version() == version
        && content.rows() == rows
        && withContent == columns
        && trust == this.trust) {
      header.publishAgain(submission);
      return;
    }
    header.publish(content.generation(), sequence, submission, content.rows(), withContent, trust);
    version = content.version();
    rows = content.rows();
    columns = withContent;
    this.trust = trust;
  }

  /**
   * In a worker: takes over what was published, unless it is known already.
   *
   * @return whether it was not
   */
  boolean load(int slot, SlotContent content) {
    if (header.publishedSubmission() == submission) {
      return false;
    }
    header.load(slot);
    content.loaded(header.rows(), header.rowCapacity());
    submission = header.submission();
    return true;
  }

  long loadedSequence() {
    return header.sequence();
  }
}
