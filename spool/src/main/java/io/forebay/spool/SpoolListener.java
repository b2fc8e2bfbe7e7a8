package io.forebay.spool;

import java.util.List;

/** Is told how writing a {@link SpoolLog} goes, on the flusher's thread. */
interface SpoolListener {
  /** Everything up to {@code sequence} is durable; and how far partitions are with it. */
  void durable(long sequence, List<Group.Reached> marks);

  /** Writing fails and is tried again, or (with an empty text) goes well again. */
  void trouble(String what);
}
