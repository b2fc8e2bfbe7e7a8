package io.forebay.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A stage's call on a batch has returned. */
@Name("forebay.Batch")
@Label("Batch Through Stage")
@Description("A stage's call on a batch has returned")
@Category("Forebay")
@StackTrace(false)
public final class BatchEvent extends Event {
  @Label("Stage")
  String stage = "";

  @Label("Batch")
  @Description("The number of the batch, from 0")
  long batch;

  @Label("Rows")
  int rows;

  @Label("Wait")
  @Description("From when the batch came to the stage to the begin of the call")
  @Timespan
  long wait;

  @Label("Service")
  @Description("Time in the function")
  @Timespan
  long service;

  @Label("Transport")
  @Description("Time spent on crossing the border, there and back")
  @Timespan
  long transport;

  @Label("Worker")
  String worker = "";

  private BatchEvent() {}

  /** The call has returned. */
  public static void returned(
      String stage,
      long batch,
      int rows,
      long waitNanos,
      long serviceNanos,
      long transportNanos,
      String worker) {
    BatchEvent event = new BatchEvent();
    if (event.shouldCommit()) {
      event.stage = stage;
      event.batch = batch;
      event.rows = rows;
      event.wait = waitNanos;
      event.service = serviceNanos;
      event.transport = transportNanos;
      event.worker = worker;
      event.commit();
    }
  }
}
