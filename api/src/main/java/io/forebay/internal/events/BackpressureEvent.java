package io.forebay.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A partition of a source waits: an event that lasts, kept where it lasts a millisecond. */
@Name("forebay.Backpressure")
@Label("Backpressure")
@Description("A partition of a source waits")
@Category("Forebay")
@StackTrace(false)
@Threshold("1 ms")
public final class BackpressureEvent extends Event {
  @Label("Source")
  String source = "";

  @Label("Partition")
  String partition = "";

  @Label("Waits For")
  @Description("room: no slot is free; window: too many of its records are not acknowledged")
  String waitsFor = "";

  private BackpressureEvent() {}

  /** A wait begins. */
  public static BackpressureEvent begun() {
    BackpressureEvent event = new BackpressureEvent();
    event.begin();
    return event;
  }

  /** It is over. */
  public void ended(String ofSource, String ofPartition, String forWhat) {
    end();
    if (shouldCommit()) {
      source = ofSource;
      partition = ofPartition;
      waitsFor = forWhat;
      commit();
    }
  }
}
