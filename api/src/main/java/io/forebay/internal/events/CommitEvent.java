package io.forebay.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A sink makes durable what it has: an event that lasts. */
@Name("forebay.Commit")
@Label("Commit")
@Description("A sink makes durable what it has")
@Category("Forebay")
@StackTrace(false)
public final class CommitEvent extends Event {
  @Label("Sink")
  String sink = "";

  @Label("Committed")
  @Description("False: it failed, and is tried again or ends the run")
  boolean committed;

  private CommitEvent() {}

  /** A commit begins. */
  public static CommitEvent begun() {
    CommitEvent event = new CommitEvent();
    event.begin();
    return event;
  }

  /** It is over. */
  public void ended(String ofSink, boolean success) {
    end();
    if (shouldCommit()) {
      sink = ofSink;
      committed = success;
      commit();
    }
  }
}
