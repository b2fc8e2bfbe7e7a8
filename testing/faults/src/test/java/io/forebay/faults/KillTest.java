package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the whole service at random moments, and the same command again until it is
 * done: the outputs are those of an undisturbed run, byte for byte. To repeat a failure: {@code
 * -Dforebay.seed=…}.
 */
@EnabledOnOs(OS.LINUX)
class KillTest {
  private static final int KILLS = Integer.getInteger("forebay.kills", 10);

  /** On a loaded machine the test ends with fewer kills. */
  private static final Duration ENOUGH = Duration.ofSeconds(20);

  private static final int LEAST_KILLS = 6;

  /** The promise is 2 s; as much again for a loaded machine. */
  private static final Duration ORPHANS_GONE = Duration.ofSeconds(4);

  @TempDir Path folder;

  @Test
  void leaves_what_an_undisturbed_run_leaves_when_killed_at_random_moments() throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    FileWorkload workload = new FileWorkload(folder.resolve("kill"));
    workload.runUndisturbed();

    int kills = 0;
    int halfway = 0;
    int lives = 0;
    long begun = System.nanoTime();
    while (kills < LEAST_KILLS || (kills < KILLS && System.nanoTime() - begun < ENOUGH.toNanos())) {
      String on = new String[] {"inline", "threads", "processes"}[lives % 3];
      Path place = workload.place("life-" + lives, on);
      CommandLine forebay = new CommandLine(place);
      String when = "seed %d, life %d, %s".formatted(seed, lives, on);
      boolean done = false;
      for (int attempt = 0; !done; attempt++) {
        // After six kills a life may end, so that more than one comes to its end.
        long patience =
            attempt < 6 ? random.nextLong(50, workload.millis() * 11 / 10) : Long.MAX_VALUE / 2;
        Process process =
            forebay.start("run", "pipeline.yaml", "--no-progress", "--summary", "summary.json");
        done = process.waitFor(patience, TimeUnit.MILLISECONDS);
        if (done) {
          assertThat(process.exitValue()).as("%s: %s", when, forebay.printed()).isZero();
        } else {
          process.destroyForcibly().waitFor();
          kills++;
          halfway += size(place.resolve("out.jsonl")) > 0 ? 1 : 0;
        }
        Awaitility.await(when + ": no process is left behind")
            .atMost(ORPHANS_GONE)
            .pollInterval(Duration.ofMillis(10))
            .untilAsserted(() -> assertThat(forebay.processes()).isEmpty());
      }
      workload.assertSameOutputs(place, when);
      assertThat(forebay.acrossRuns("summary.json"))
          .as("%s: the records across runs", when)
          .isEqualTo(workload.counts());
      lives++;
    }
    System.out.printf(
        "KillTest: %d kills in %d lives, %d of them with output half written%n",
        kills, lives, halfway);
    assertThat(halfway).isGreaterThan(kills / 10);
  }

  private static long size(Path file) throws java.io.IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
