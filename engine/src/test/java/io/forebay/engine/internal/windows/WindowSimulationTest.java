package io.forebay.engine.internal.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Windows under many seeds; {@code -Dforebay.windowSeeds=N} for so many. */
@Timeout(600)
class WindowSimulationTest {
  private static final long SEEDS = Long.getLong("forebay.windowSeeds", 60);

  @TempDir private Path folder;

  @Test
  void each_record_is_in_its_windows_once_under_every_seed() throws Exception {
    long first = Seed.of(1);
    int kills = 0;
    int inFiles = 0;
    int powerCuts = 0;
    for (long seed = first; seed < first + SEEDS; seed++) {
      WindowSimulation simulation = new WindowSimulation(seed, folder.resolve("state-" + seed));
      try {
        simulation.play();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + " fails", e);
      }
      kills += simulation.kills();
      inFiles += simulation.killsInFiles();
      powerCuts += simulation.powerCuts();
    }
    System.out.printf(
        "%d seeds, %d kills, %d of them at a file, %d of them power cuts%n",
        SEEDS, kills, inFiles, powerCuts);
    assertThat(kills).isGreaterThan((int) SEEDS);
    assertThat(inFiles).isGreaterThan((int) SEEDS / 4);
    assertThat(powerCuts).isGreaterThan((int) SEEDS);
  }
}
