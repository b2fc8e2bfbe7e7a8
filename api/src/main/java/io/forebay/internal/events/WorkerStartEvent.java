package io.forebay.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A worker process is ready: one of the first, or in the place of one that has ended. */
@Name("forebay.WorkerStart")
@Label("Worker Start")
@Description("A worker process is ready")
@Category("Forebay")
@StackTrace(false)
public final class WorkerStartEvent extends Event {
  @Label("Stage")
  String stage = "";

  @Label("Worker")
  String worker = "";

  @Label("Process")
  long pid;

  private WorkerStartEvent() {}

  /** It is ready. */
  public static void ready(String stage, String worker, long pid) {
    WorkerStartEvent event = new WorkerStartEvent();
    if (event.shouldCommit()) {
      event.stage = stage;
      event.worker = worker;
      event.pid = pid;
      event.commit();
    }
  }
}
