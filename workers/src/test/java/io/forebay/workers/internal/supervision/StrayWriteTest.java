package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.Batch;
import io.forebay.slots.Slot;
import io.forebay.workers.Python;
import io.forebay.workers.Stray;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.PoolConfig;
import io.forebay.workers.api.WorkerPriority;
import io.forebay.workers.api.WorkerProcesses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What native code writes where it should not, in a worker of a protected stage, reaches no other
 * batch: neither one that waits for the worker nor one that it has finished.
 */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
final class StrayWriteTest {
  private static final int BATCHES = 6;
  private static final int ROWS = 8;
  private static final int GUILTY_BATCH = 3;
  private static final int GUILTY_ROW = 5;

  @ParameterizedTest
  @ValueSource(strings = {"java", "stray.records", "stray.columns@columns"})
  void computes_every_batch_right_when_a_record_writes_everywhere(String function)
      throws Exception {
    try (var fixture = pool(function)) {
      for (int deed : new int[] {Stray.EVERYWHERE, Stray.OVER_ITS_OWN}) {
        for (int round = 0; round < 4; round++) {
          List<Completion> completions = submitAll(fixture, deed);
          for (int batch = 0; batch < BATCHES; batch++) {
            checkAll(fixture, batch, completions.get(batch), -1);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "stray.records", "stray.columns@columns", "stray.arrays@numpy"})
  void blames_the_record_when_it_stores_into_slots_or_rings(String function) throws Exception {
    try (var fixture = pool(function)) {
      int deeds = function.equals("stray.records") ? Stray.INTO_RINGS : Stray.INTO_ITS_INPUT;
      for (int deed = Stray.INTO_SLOTS; deed >= deeds; deed--) {
        List<Completion> completions = submitAll(fixture, deed);
        for (int batch = 0; batch < BATCHES; batch++) {
          checkAll(fixture, batch, completions.get(batch), batch == GUILTY_BATCH ? GUILTY_ROW : -1);
        }
      }
      assertThat(fixture.said).allMatch(s -> s.contains("crashed in native code"));
    }
  }

  private static PoolFixture pool(String function) throws Exception {
    boolean java = function.equals("java");
    if (!java) {
      Python.assumeThere();
      assumeTrue(!function.endsWith("@numpy") || Python.has("numpy"), "there is no numpy");
    }
    var spec = java ? FunctionSpec.of(Stray.class.getName()) : Python.function(function);
    // Python is protected unless told otherwise.
    var usual =
        new WorkerProcesses(Duration.ofSeconds(20), 64 << 20).priority(WorkerPriority.NORMAL);
    var config = new PoolConfig("test", 1, BATCHES, java ? usual.protect(true) : usual);
    return new PoolFixture(PoolFixture.On.PROCESSES, spec, config, 16 << 10);
  }

  private static List<Completion> submitAll(PoolFixture fixture, int deed) throws Exception {
    List<CompletableFuture<Completion>> futures = new ArrayList<>();
    for (int batch = 0; batch < BATCHES; batch++) {
      boolean guilty = batch == GUILTY_BATCH;
      Slot slot =
          fixture.fill(
              batch, ROWS, 100L * batch, r -> guilty && r == GUILTY_ROW ? deed : r + 0.125 * deed);
      futures.add(fixture.pool.submit(slot));
    }
    List<Completion> completions = new ArrayList<>();
    for (CompletableFuture<Completion> future : futures) {
      completions.add(future.get(60, TimeUnit.SECONDS));
    }
    return completions;
  }

  private static void checkAll(PoolFixture fixture, int number, Completion completion, int lost) {
    Slot slot = fixture.area.slot(number, fixture.schema);
    if (lost >= 0) {
      assertThat(completion).isInstanceOf(Completion.Lost.class);
      assertThat(((Completion.Lost) completion).row()).isEqualTo(lost);
      return;
    }
    assertThat(completion).as("batch %d", number).isInstanceOf(Completion.Done.class);
    Batch kept = fixture.kept(slot, completion);
    assertThat(kept.rows()).isEqualTo(ROWS);
    for (int row = 0; row < ROWS; row++) {
      long id = 100L * number + row;
      assertThat(kept.int64("id").get(row)).isEqualTo(id);
      assertThat(kept.int64("copied").get(row)).isEqualTo(id);
      assertThat(kept.string("name").get(row)).isEqualTo("n" + id);
      assertThat(kept.string("sensorId").get(row)).isEqualTo("sensor-1");
    }
  }
}
