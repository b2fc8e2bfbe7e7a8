package io.forebay.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A worker process has ended before its pool was closed. */
@Name("forebay.WorkerEnd")
@Label("Worker End")
@Description("A worker process has ended before its pool was closed")
@Category("Forebay")
@StackTrace(false)
public final class WorkerEndEvent extends Event {
  @Label("Stage")
  String stage = "";

  @Label("Worker")
  String worker = "";

  @Label("Process")
  long pid;

  @Label("Kind")
  @Description("CRASHED, OUT_OF_MEMORY, TIMED_OUT, RECYCLED and others")
  String kind = "";

  @Label("What")
  String what = "";

  @Label("Batches Retried")
  int retried;

  private WorkerEndEvent() {}

  /** It has ended. */
  public static void ended(
      String stage, String worker, long pid, String kind, String what, int retried) {
    WorkerEndEvent event = new WorkerEndEvent();
    if (event.shouldCommit()) {
      event.stage = stage;
      event.worker = worker;
      event.pid = pid;
      event.kind = kind;
      event.what = what;
      event.retried = retried;
      event.commit();
    }
  }
}
