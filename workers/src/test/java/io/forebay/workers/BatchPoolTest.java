package io.forebay.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.columns.Float64Column;
import io.forebay.columns.StringColumn;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.AotCaching;
import io.forebay.workers.api.BatchFill;
import io.forebay.workers.api.BatchResult;
import io.forebay.workers.api.CallException;
import io.forebay.workers.api.WhenFull;
import io.forebay.workers.internal.supervision.PoolFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches in columns, on pools that are used alone. */
@Timeout(120)
final class BatchPoolTest {
  private static PoolBuilder<BatchPool> builder(boolean processes, Class<?> function) {
    return (processes ? Pools.processes() : Pools.threads())
        .batches(function.getName(), PoolFixture.INPUT)
        .name("batches")
        .workers(2)
        .aotCache(AotCaching.OFF)
        .log(new CallPoolTest.Quiet());
  }

  private static BatchFill rows(int count, IntToDoubleFunction value) {
    return rows -> {
      for (int i = 0; i < count; i++) {
        rows.setString(rows.column("sensorId"), "sensor-1");
        rows.setLong(rows.column("id"), i);
        rows.setDouble(rows.column("value"), value.applyAsDouble(i));
        rows.append();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gives_output_columns_beside_the_input_when_a_batch_is_submitted(boolean processes)
      throws Exception {
    try (BatchPool pool = builder(processes, Functions.Feature.class).start();
        BatchResult result = pool.submit(rows(1000, i -> i)).get()) {
      assertThat(result.batch().rows()).isEqualTo(1000);
      Float64Column value = result.batch().float64("value");
      Float64Column feature = result.batch().float64("feature");
      for (int row = 0; row < 1000; row++) {
        assertThat(feature.get(row)).isEqualTo(Functions.feature(value.get(row)));
      }
      // A result is a batch of the same columns, and of one more.
      try (BatchResult again = pool.submit(result.batch()).get()) {
        assertThat(again.batch().float64("feature").get(999)).isEqualTo(feature.get(999));
        assertThat(again.batch().string("sensorId").get(999)).isEqualTo("sensor-1");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void carries_partition_sequence_and_undeclared_members_past_the_function(boolean processes)
      throws Exception {
    byte[] members = "{\"unit\":\"mm\"}".getBytes(StandardCharsets.UTF_8);
    BatchFill fill =
        rows -> {
          for (int i = 0; i < 5; i++) {
            rows.setString(0, "sensor-1");
            rows.setLong(1, i);
            rows.setDouble(2, i == 2 ? -2 : i == 3 ? -3 : i);
            if (i == 4) {
              rows.setExtras(members, 0, members.length);
            }
            rows.tryAppend(i % 2, 100 + i);
          }
        };
    try (BatchPool pool = builder(processes, Functions.Picky.class).extras(true).start();
        BatchResult result = pool.submit(fill).get();
        BatchResult again = pool.submit(result.batch()).get()) {
      Batch batch = again.batch(); // Without the rows 2, rejected, and 3, left out.
      assertThat(batch.rows()).isEqualTo(3);
      assertThat(List.of(batch.sequence(0), batch.sequence(1), batch.sequence(2)))
          .containsExactly(100L, 101L, 104L);
      assertThat(batch.partition(1)).isEqualTo(1);
      StringColumn extras = batch.extras().orElseThrow();
      assertThat(extras.isNull(1)).isTrue();
      assertThat(extras.get(2)).isEqualTo("{\"unit\":\"mm\"}");
    }
  }

  @Test
  void refuses_undeclared_members_when_the_pool_carries_none() {
    try (BatchPool pool = builder(false, Functions.Picky.class).start()) {
      assertThatThrownBy(() -> pool.submit(rows -> rows.setExtras(new byte[0], 0, 0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("extras(true)");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void says_which_rows_were_rejected_and_how_many_left_out(boolean processes) throws Exception {
    try (BatchPool pool = builder(processes, Functions.Picky.class).start();
        BatchResult result =
            pool.submit(rows(100, i -> i == 7 ? -1 : i == 8 ? -2 : i == 9 ? -3 : i)).get()) {
      assertThat(result.batch().rows()).isEqualTo(97);
      assertThat(result.filtered()).isEqualTo(1);
      assertThat(result.rejected()).extracting(BatchResult.RejectedRow::row).containsExactly(7, 8);
      assertThat(result.rejected().get(1).reason()).isEqualTo("value is -2");
      assertThat(result.rejected().get(0).detail()).contains("Picky.apply");
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Functions.Acts.class, Functions.ActsOnRecords.class})
  void delivers_all_but_the_poison_when_rows_kill_their_workers(Class<?> function)
      throws Exception {
    try (BatchPool pool = builder(true, function).start();
        BatchResult result = pool.submit(rows(100, i -> i == 20 ? -10 : i == 60 ? -11 : 0)).get()) {
      assertThat(result.batch().rows()).isEqualTo(98);
      assertThat(result.rejected())
          .extracting(BatchResult.RejectedRow::row)
          .containsExactly(20, 60);
      assertThat(result.rejected().get(0).reason()).contains("exit code 7");
      assertThat(result.batch().int64("copied").get(97)).isEqualTo(99);
      assertThat(result.batch().int64("copied").get(20)).isEqualTo(21);
    }
  }

  @Test
  void has_room_for_as_many_as_are_in_flight_or_open() throws Exception {
    try (BatchPool pool =
        builder(true, Functions.Feature.class)
            .inFlight(3)
            .whenFull(WhenFull.waitFor(Duration.ofMillis(20)))
            .start()) {
      List<BatchResult> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(pool.submit(rows(10, r -> r)).get());
      }
      assertThatThrownBy(() -> pool.submit(rows(10, r -> r)))
          .isInstanceOf(RejectedExecutionException.class);
      BatchResult first = open.getFirst();
      Runnable close = first::close;
      close.run();
      close.run(); // Nothing more than once.
      assertThatThrownBy(first::batch).isInstanceOf(IllegalStateException.class);
      try (BatchResult one = pool.submit(rows(10, r -> r)).get()) {
        assertThat(one.batch().rows()).isEqualTo(10);
        assertThatThrownBy(() -> pool.submit(rows(10, r -> r)))
            .isInstanceOf(RejectedExecutionException.class);
      }
      open.forEach(BatchResult::close);
    }
  }

  @Test
  void refuses_a_batch_that_has_no_room_and_goes_on() throws Exception {
    try (BatchPool pool =
        builder(true, Functions.Feature.class).slotBytes(16 << 10).inFlight(2).start()) {
      for (int i = 0; i < 4; i++) {
        assertThatThrownBy(() -> pool.submit(rows(100_000, r -> r)))
            .isInstanceOf(CallException.class)
            .hasMessageContaining("give the pool a larger slotBytes");
        assertThatThrownBy(() -> pool.submit(rows -> rows.column("nothing")))
            .isInstanceOf(ConfigurationException.class);
      }
      BatchFill asManyAsFit =
          rows -> {
            do {
              rows.setString(0, "s");
              rows.setLong(1, 1);
              rows.setDouble(2, 1);
            } while (rows.tryAppend());
          };
      try (BatchResult result = pool.submit(asManyAsFit).get()) {
        assertThat(result.batch().rows()).isBetween(50, 1000);
      }
    }
  }

  @Test
  void makes_room_or_says_so_when_the_outputs_do_not_fit() throws Exception {
    try (BatchPool pool = builder(true, Functions.Verbose.class).slotBytes(64 << 10).start()) {
      try (BatchResult result = pool.submit(rows(4, i -> 10_000)).get()) {
        assertThat(result.batch().string("copy").get(3)).hasSize(10_000);
      }
      assertThatThrownBy(() -> pool.submit(rows(4, i -> 30_000)).get())
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("the outputs for 4 rows need more room than a slot of 65536 bytes");
      try (BatchResult result = pool.submit(rows(4, i -> 10)).get()) {
        assertThat(result.batch().rows()).isEqualTo(4);
      }
    }
  }

  @Test
  void kills_the_worker_when_a_running_batch_is_cancelled() throws Exception {
    try (BatchPool pool = builder(true, Functions.Acts.class).workers(1).inFlight(3).start()) {
      CompletableFuture<BatchResult> endless = pool.submit(rows(5, i -> i == 2 ? -14 : 0));
      CompletableFuture<BatchResult> behind = pool.submit(rows(5, i -> 0));
      await().until(() -> pool.snapshot().busy() == 1);
      assertThat(endless.cancel(true)).isTrue();
      try (BatchResult result = behind.get()) {
        assertThat(result.batch().rows()).isEqualTo(5);
        assertThat(result.rejected()).isEmpty();
      }
      assertThat(pool.snapshot().restarts()).isEqualTo(1);
    }
  }

  @Test
  void fails_a_batch_when_its_deadline_passes() throws Exception {
    try (BatchPool pool =
        builder(true, Functions.Acts.class).deadline(Duration.ofMillis(300)).start()) {
      assertThatThrownBy(() -> pool.submit(rows(5, i -> -14)).get())
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("no result within 300 ms");
    }
  }

  @Test
  void runs_python_functions_on_batches() throws Exception {
    Python.assumeThere();
    try (BatchPool pool =
            Pools.processes()
                .batches("python:acts.copies", PoolFixture.INPUT)
                .python(Python.SETTINGS)
                .parameters(Map.of())
                .workers(1)
                .start();
        BatchResult result = pool.submit(rows(20, i -> i)).get()) {
      assertThat(result.batch().rows()).isEqualTo(20);
    }
  }
}
