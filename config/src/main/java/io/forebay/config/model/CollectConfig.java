package io.forebay.config.model;

import io.forebay.config.values.Key;
import io.forebay.config.values.Variant;
import io.forebay.config.values.WindowConfig;
import io.forebay.config.values.WorkerCount;
import io.forebay.engine.api.BatchSize;
import io.forebay.functions.Collect;
import io.forebay.snapshot.Placement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records of a window as arrays, for functions behind. */
@Variant("collect")
public record CollectConfig(
    @Key("The stage's name, unique in the pipeline.") String name,
    @Key(value = "The columns with numbers whose values become lists.", min = 1)
        List<String> collect,
    @Key("Over which records.") WindowConfig window,
    @Key(
            value =
                "How many records a whole window has; `complete` tells then whether it is whole.",
            otherwise = "there is no column `complete`",
            min = 1,
            max = 100_000_000)
        Optional<Integer> expected,
    @Key(
            value =
                "A folder of this pipeline alone, where open windows are kept over crashes and"
                    + " restarts.",
            otherwise = "the first sink's path, or the pipeline's name, with `.state` behind it")
        Optional<String> state,
    @Key(
            value = "Where it runs: `inline`, on `threads`, or in `processes`, isolated.",
            byDefault = "inline")
        Placement on,
    @Key(
            value =
                "How many workers; `physical`: one for each physical core within the container's"
                    + " CPU quota. Always 1 for `inline`.",
            byDefault = "physical")
        WorkerCount workers,
    @Key(
            value = "Rows a batch; `auto`: found while it runs, for batches of about 20 ms.",
            byDefault = "auto")
        BatchSize batch)
    implements StageConfig.Windowed {
  private static final String FUNCTION = Collect.class.getName();

  @Override
  public String function() {
    return FUNCTION;
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("columns", String.join(",", collect));
    expected.ifPresent(count -> parameters.put("expected", count.toString()));
    return parameters;
  }
}
