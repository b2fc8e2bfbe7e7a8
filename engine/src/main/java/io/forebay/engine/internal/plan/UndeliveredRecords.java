package io.forebay.engine.internal.plan;

import io.forebay.Source;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What becomes of records that were read and not delivered when a run ended. */
public final class UndeliveredRecords {
  private enum Fate {
    READ_AGAIN,
    SENT_AGAIN,
    LOST;

    static Fate of(Source source) {
      return source.repeatable() ? READ_AGAIN : source.redelivers() ? SENT_AGAIN : LOST;
    }
  }

  private UndeliveredRecords() {}

  /** As the end of a sentence about such records. */
  public static String sentence(List<PipelineDefinition.NamedSource> sources) {
    Map<Fate, List<String>> names = new EnumMap<>(Fate.class);
    for (PipelineDefinition.NamedSource source : sources) {
      names.computeIfAbsent(Fate.of(source.source()), fate -> new ArrayList<>()).add(source.name());
    }
    return names.entrySet().stream()
        .map(each -> clause(each.getKey(), each.getValue(), names.size() == 1))
        .collect(Collectors.joining(", "));
  }

  private static String clause(Fate fate, List<String> names, boolean all) {
    String quoted = names.stream().collect(Collectors.joining("', '", "'", "'"));
    String those = "those of " + quoted;
    return switch (fate) {
      case READ_AGAIN ->
          all ? "the same command reads them again" : "the same command reads " + those + " again";
      case SENT_AGAIN ->
          "whoever sent "
              + (all ? "them" : those)
              + " was not told that they are safe, and has to send them again";
      case LOST ->
          (all ? "they" : those)
              + " are lost, because "
              + quoted
              + " cannot be read again; a spool at the source would keep them";
    };
  }
}
