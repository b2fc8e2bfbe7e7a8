package io.forebay.connectors.file;

import io.forebay.RecordWriter;
import java.io.IOException;

/** Reads records of one format. */
interface RecordReader {
  /**
   * Reads from where {@code lines} stands to the end of the file.
   *
   * @param linesBefore how many lines are before
   */
  void read(LineBuffer lines, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException;
}
