package io.forebay.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A stage asks for batches of another size. */
@Name("forebay.BatchSize")
@Label("Batch Size")
@Description("A stage asks for batches of another size")
@Category("Forebay")
@StackTrace(false)
public final class BatchSizeEvent extends Event {
  @Label("Stage")
  String stage = "";

  @Label("Rows Before")
  int before;

  @Label("Rows")
  int rows;

  private BatchSizeEvent() {}

  /** From now on, the stage asks for so many rows. */
  public static void changed(String stage, int before, int rows) {
    BatchSizeEvent event = new BatchSizeEvent();
    if (before != rows && event.shouldCommit()) {
      event.stage = stage;
      event.before = before;
      event.rows = rows;
      event.commit();
    }
  }
}
