package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the known pipelines one after the other, as the command, and prints what was told of each.
 * {@code -Dforebay.known=gc,lock} picks those whose names begin so; {@code -Dforebay.trials=true}
 * follows the advice where a pipeline says so.
 */
@EnabledIfSystemProperty(named = "forebay.long", matches = "true")
final class KnownPipelinesTest {
  @TempDir Path folder;

  @Test
  void tells_the_cause_that_is_known_of_at_least_95_of_100() throws Exception {
    String picked = System.getProperty("forebay.known", "");
    List<KnownPipeline> all = KnownPipeline.all(picked.isEmpty() ? new String[0] : picked.split(","));
    int right = 0;
    System.out.println("| pipeline | cause | told | right | gain | measured |");
    System.out.println("|---|---|---|---|---|---:|");
    for (KnownPipeline pipeline : all) {
      KnownRun run = KnownRun.of(pipeline, folder.resolve(pipeline.name()), List.of());
      boolean told = pipeline.isToldBy(run.causes());
      right += told ? 1 : 0;
      System.out.printf(
          "| %s | %s | %s | %s | %s | %s |%n",
          pipeline.name(),
          pipeline.told(),
          String.join(", ", run.causes()),
          told ? "yes" : "**no**",
          String.format("%.2f (%.2f–%.2f)", run.gain("factor"), run.gain("low"), run.gain("high")),
          trial(pipeline, run));
      if (!told || Boolean.getBoolean("forebay.verbose")) {
        System.out.println(run.recordsPerSecond() + " " + run.diagnosis());
      }
    }
    System.out.printf("%d of %d are right%n", right, all.size());

    assertThat(right).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * all.size()));
  }

  private String trial(KnownPipeline pipeline, KnownRun run) throws Exception {
    if (!pipeline.surroundings().containsKey("trial") || !Boolean.getBoolean("forebay.trials") || run.advice().isEmpty()) {
      return "";
    }
    KnownRun changed =
        KnownRun.of(pipeline, folder.resolve(pipeline.name() + "-changed"), run.advice());
    return String.format(
        "%.2f with %s, then %s",
        changed.recordsPerSecond() / run.recordsPerSecond(),
        String.join(" ", run.advice()),
        String.join(", ", changed.causes()));
  }
}
