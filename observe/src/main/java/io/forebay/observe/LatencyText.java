package io.forebay.observe;

import io.forebay.snapshot.Latency;
import io.forebay.snapshot.Punctuality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long records took, for machines and for people. */
final class LatencyText {
  private LatencyText() {}

  /** As in the summary; without the time since the event where no row has told one. */
  static Map<String, Object> values(Latency.Both latency) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("arrivalToCommit", values(latency.arrivalToCommit()));
    if (latency.eventToCommit().records() > 0) {
      Map<String, Object> event = values(latency.eventToCommit());
      event.put("ahead", latency.eventToCommit().ahead());
      json.put("eventToCommit", event);
    }
    return json;
  }

  private static Map<String, Object> values(Latency latency) {
    return Json.object(
        "records", latency.records(),
        "p50", Json.rounded(latency.p50Ms()),
        "p99", Json.rounded(latency.p99Ms()),
        "p999", Json.rounded(latency.p999Ms()),
        "max", Json.rounded(latency.maxMs()));
  }

  static Map<String, Object> heartbeat(Punctuality beat) {
    Map<String, Object> json = Json.object("thread", beat.thread(), "stalls", beat.stalls());
    Map<String, Object> delay = values(beat.delay());
    json.put("beats", beat.delay().records());
    delay.remove("records");
    json.putAll(delay);
    return json;
  }

  /** As below the tables; nothing before a record is committed. */
  static List<String> lines(Latency.Both latency) {
    List<String> lines = new ArrayList<>();
    line("from arrival to commit", latency.arrivalToCommit(), lines);
    line("from event time to commit", latency.eventToCommit(), lines);
    return lines;
  }

  private static void line(String what, Latency latency, List<String> lines) {
    if (latency.records() > 0) {
      lines.add(
          what
              + ": p50 "
              + time(latency.p50Ms())
              + ", p99 "
              + time(latency.p99Ms())
              + ", p99.9 "
              + time(latency.p999Ms())
              + ", max "
              + time(latency.maxMs())
              + (latency.ahead() > 0
                  ? "; " + Format.count(latency.ahead()) + " lay in the future"
                  : ""));
    }
  }

  /** Event times may lie years back. */
  private static String time(double millis) {
    double days = millis / 86_400_000;
    if (days >= 2) {
      return Format.count(Math.round(days)) + " days";
    }
    return millis >= 10_000
        ? Format.count(Math.round(millis / 1_000)) + " s"
        : Format.millis(millis) + " ms";
  }
}
