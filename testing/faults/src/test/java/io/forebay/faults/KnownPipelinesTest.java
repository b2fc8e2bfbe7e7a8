package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.observe.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the known pipelines one after the other, as the command, and prints what was told of each.
 * {@code -Dforebay.known=gc,lock} picks those whose names begin so; {@code -Dforebay.trials=true}
 * follows the advice where a pipeline says so.
 */
final class KnownPipelinesTest {
  @TempDir Path folder;

  @Test
  void has_two_pipelines_or_more_of_every_kind() throws IOException {
    List<KnownPipeline> all = KnownPipeline.all();

    assertThat(Diagnosis.Kind.values())
        .allSatisfy(kind ->
            assertThat(all)
                .filteredOn(pipeline -> pipeline.told().contains(kind.label() + " of "))
                .hasSizeGreaterThanOrEqualTo(2));
  }

  @Test
  @EnabledIfSystemProperty(named = "forebay.long", matches = "true")
  void tells_the_cause_that_is_known_of_at_least_95_of_100() throws Exception {
    String picked = System.getProperty("forebay.known", "");
    List<KnownPipeline> all =
        KnownPipeline.all(picked.isEmpty() ? new String[0] : picked.split(",", -1));
    int right = 0;
    System.out.println("| pipeline | cause | told | right | others | gain | measured |");
    System.out.println("|---|---|---|---|---:|---|---|");
    for (KnownPipeline pipeline : all) {
      right += isRight(pipeline) ? 1 : 0;
    }
    System.out.printf("%d of %d are right%n", right, all.size());

    assertThat(right).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * all.size()));
  }

  private boolean isRight(KnownPipeline pipeline) throws Exception {
    KnownRun run = KnownRun.of(pipeline, folder.resolve(pipeline.name()), List.of());
    boolean right = pipeline.isToldBy(run.causes());
    row(
        pipeline.name(),
        pipeline.told(),
        String.join(", ", run.causes()),
        right ? "yes" : "**no**",
        run.evidence("othersShareOfCores"),
        String.format(
            Locale.ROOT, "%.2f (%.2f–%.2f)", run.gain("factor"), run.gain("low"), run.gain("high")),
        trial(pipeline, run));
    if (!right || Boolean.getBoolean("forebay.verbose")) {
      System.out.println("\n" + run.diagnosis() + "\n");
    }
    return right;
  }

  private static void row(String... cells) {
    System.out.println("| " + String.join(" | ", Arrays.asList(cells)) + " |");
  }

  private String trial(KnownPipeline pipeline, KnownRun run) throws Exception {
    if (!pipeline.surroundings().containsKey("trial")
        || !Boolean.getBoolean("forebay.trials")
        || run.advice().isEmpty()) {
      return "";
    }
    KnownRun changed =
        KnownRun.of(pipeline, folder.resolve(pipeline.name() + "-changed"), run.advice());
    return String.format(
        Locale.ROOT,
        "%.2f with %s, then %s",
        changed.recordsPerSecond() / run.recordsPerSecond(),
        String.join(" ", run.advice()),
        String.join(", ", changed.causes()));
  }
}
