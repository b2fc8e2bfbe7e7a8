package io.forebay.dashboard;

import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a pipeline is, for whoever restarts what is broken and sends records to what is ready.
 *
 * @param live whether it runs; what is not live is helped by a restart only
 * @param ready whether it takes records and gets rid of them
 * @param reasons what it lacks to be ready
 */
record Health(boolean live, boolean ready, List<String> reasons) {
  /** Before there is anything to be measured, and after its end. */
  static Health of(@Nullable PipelineSnapshot run, boolean ended) {
    if (ended) {
      return new Health(false, false, List.of("the pipeline has ended"));
    }
    if (run == null) {
      return new Health(true, false, List.of("the pipeline is starting"));
    }
    List<String> reasons = new ArrayList<>();
    for (SourceSnapshot source : run.sources()) {
      if (source.isAway()) {
        reasons.add("source '" + source.name() + "' is away" + inBrackets(source.detail()));
      }
    }
    for (SinkSnapshot sink : run.sinks()) {
      if (!sink.away().isEmpty()) {
        reasons.add("sink '" + sink.name() + "' is away" + inBrackets(sink.away()));
      }
    }
    return new Health(true, reasons.isEmpty(), reasons);
  }

  private static String inBrackets(String detail) {
    return detail.isBlank() ? "" : " (" + detail + ")";
  }

  Map<String, Object> values() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("live", live);
    json.put("ready", ready);
    json.put("reasons", reasons);
    return json;
  }
}
