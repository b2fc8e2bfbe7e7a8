package io.forebay.cli;

import io.forebay.SourceState;
import io.forebay.cli.log.LogLevel;
import io.forebay.snapshot.PipelineSnapshot;
import io.forebay.snapshot.SinkSnapshot;
import io.forebay.snapshot.SourceSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Says once that a source or sink is away, and once that it is back, from one snapshot after
 * another. Used by one thread at a time.
 */
final class Outages {
  /** At so many looks in a row a source that is still connecting is said to be away. */
  private static final int PATIENCE = 4;

  /** For how many looks who is away has been so. */
  private final Map<String, Integer> away = new HashMap<>();

  private final Map<String, Long> retries = new HashMap<>();

  /** Says what is to be said now. */
  void look(PipelineSnapshot now, BiConsumer<LogLevel, String> say) {
    for (SourceSnapshot source : now.sources()) {
      String name = "source '" + source.name() + "'";
      boolean connecting = source.state().filter(SourceState.CONNECTING::equals).isPresent();
      look(
          name,
          source.isAway(),
          connecting ? PATIENCE : 1,
          source.detail(),
          "it is tried again",
          say);
    }
    for (SinkSnapshot sink : now.sinks()) {
      String name = "sink '" + sink.name() + "'";
      boolean again = sink.retries() > retries.getOrDefault(name, 0L);
      retries.put(name, sink.retries());
      if (again && sink.away().isEmpty() && !away.containsKey(name)) {
        say.accept(LogLevel.WARN, "forebay: " + name + " was away for a moment");
      }
      look(
          name,
          !sink.away().isEmpty(),
          1,
          sink.away(),
          "it is tried again, and what is read waits for it",
          say);
    }
  }

  private void look(
      String name,
      boolean isAway,
      int patience,
      String why,
      String then,
      BiConsumer<LogLevel, String> say) {
    int looks = away.getOrDefault(name, 0);
    if (isAway) {
      away.put(name, looks + 1);
      if (looks < patience && looks + 1 >= patience) {
        String reason = why.isBlank() ? "" : " (" + why + ")";
        say.accept(LogLevel.WARN, "forebay: " + name + " is away" + reason + ": " + then);
      }
    } else if (looks > 0) {
      away.remove(name);
      if (looks >= patience) {
        say.accept(LogLevel.INFO, "forebay: " + name + " is back");
      }
    }
  }
}
