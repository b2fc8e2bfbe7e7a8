package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.forebay.Batch;
import io.forebay.slots.CallResult;
import io.forebay.slots.Slot;
import io.forebay.workers.Functions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds wherever the function runs. */
final class PlacementTest {

  @ParameterizedTest
  @EnumSource
  void computes_columns_when_the_function_is_over_columns(PoolFixture.On on) throws Exception {
    computes(on, Functions.Feature.class);
  }

  @ParameterizedTest
  @EnumSource
  void computes_records_when_the_function_is_over_records(PoolFixture.On on) throws Exception {
    computes(on, Functions.FeatureOfRecord.class);
  }

  @ParameterizedTest
  @EnumSource
  void tells_every_instance_its_input_when_it_is_made(PoolFixture.On on) throws Exception {
    computes(on, Functions.Prepared.class);
  }

  private static void computes(PoolFixture.On on, Class<?> function) throws Exception {
    try (var fixture = new PoolFixture(on, function, PoolFixture.config(2, 3))) {
      int slots = on == PoolFixture.On.INLINE ? 1 : 6;
      for (int round = 0; round < 50; round++) {
        List<Slot> submitted = new ArrayList<>();
        List<CompletableFuture<Completion>> futures = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
          Slot slot = fixture.fill(i, 1 + (round * 7 + i) % 40, i * 1000L, r -> r * 1.5);
          submitted.add(slot);
          futures.add(fixture.pool.submit(slot));
        }
        for (int i = 0; i < slots; i++) {
          Completion completion = futures.get(i).get();
          assertThat(completion).isInstanceOf(Completion.Done.class);
          CallResult result = ((Completion.Done) completion).result();
          assertThat(result.keptAll()).isTrue();
          assertThat(((Completion.Done) completion).waitNanos()).isNotNegative();
          Batch kept = fixture.kept(submitted.get(i), completion);
          assertThat(kept.rows()).isEqualTo(1 + (round * 7 + i) % 40);
          for (int row = 0; row < kept.rows(); row++) {
            assertThat(kept.float64("feature").get(row)).isEqualTo(Functions.feature(row * 1.5));
          }
        }
      }
      assertThat(fixture.pool.hasIdleWorker()).isTrue();
      PoolSnapshot snapshot = fixture.pool.snapshot();
      assertThat(snapshot.workers()).isEqualTo(on == PoolFixture.On.INLINE ? 1 : 2);
      assertThat(snapshot.busy()).isZero();
      assertThat(snapshot.restarts()).isZero();
      assertThat(snapshot.timeouts()).isZero();
      assertThat(snapshot.ends().failures()).isZero();
      assertThat(fixture.said).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void rejects_only_the_rows_to_blame_when_columns_make_it_throw(PoolFixture.On on)
      throws Exception {
    try (var fixture = new PoolFixture(on, Functions.Picky.class, PoolFixture.config(1, 1))) {
      Slot slot = fixture.fill(0, 100, 0, r -> r % 25 == 7 ? -1 : r == 3 ? -2 : r == 4 ? -3 : r);
      Completion completion = fixture.pool.submit(slot).get();
      CallResult result = ((Completion.Done) completion).result();
      assertThat(result.filtered()).isEqualTo(1);
      assertThat(result.rejected())
          .extracting(CallResult.RejectedRow::row)
          .containsExactly(3, 7, 32, 57, 82);
      assertThat(result.rejected().get(0))
          .isEqualTo(new CallResult.RejectedRow(3, "value is -2", ""));
      assertThat(result.rejected().get(1).reason())
          .isEqualTo(
              "the function io.forebay.workers.Functions$Picky threw"
                  + " java.lang.IllegalArgumentException: value is -1");
      assertThat(result.rejected().get(1).detail().lines())
          .hasSize(2)
          .element(1)
          .asString()
          .startsWith("  at io.forebay.workers.Functions$Picky.apply(Functions.java:");
      Batch kept = fixture.kept(slot, completion);
      assertThat(kept.rows()).isEqualTo(94);
      for (int row = 0; row < kept.rows(); row++) {
        double value = kept.float64("value").get(row);
        assertThat(kept.float64("twice").get(row)).isEqualTo(2 * value);
        assertThat(kept.string("text").get(row)).isEqualTo("v" + value);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rejects_only_the_rows_to_blame_when_records_make_it_throw(PoolFixture.On on)
      throws Exception {
    try (var fixture =
        new PoolFixture(on, Functions.PickyRecords.class, PoolFixture.config(1, 1))) {
      Slot slot = fixture.fill(0, 10, 100, r -> r == 2 ? -1 : r == 5 ? -2 : r == 8 ? -4 : r);
      Completion completion = fixture.pool.submit(slot).get();
      CallResult result = ((Completion.Done) completion).result();
      assertThat(result.rejected())
          .extracting(CallResult.RejectedRow::row, CallResult.RejectedRow::reason)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(
                  2,
                  "the function io.forebay.workers.Functions$PickyRecords threw"
                      + " java.lang.IllegalArgumentException: value is -1"),
              org.assertj.core.groups.Tuple.tuple(5, "value is -2"));
      Batch kept = fixture.kept(slot, completion);
      assertThat(IntStream.range(0, kept.rows()).mapToLong(kept.int64("copied")::get))
          .containsExactly(100L, 101L, 103L, 104L, 106L, 107L, 108L, 109L);
      assertThat(kept.string("copy").isNull(6)).isTrue();
      assertThat(kept.string("copy").get(0)).isEqualTo("sensor-1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void multiplies_rows_when_the_function_expands(PoolFixture.On on) throws Exception {
    try (var fixture = new PoolFixture(on, Functions.Repeat.class, PoolFixture.config(1, 1))) {
      Slot slot = fixture.fill(0, 4, 0, r -> new double[] {2, 0, 7, 3}[r]);
      Completion completion = fixture.pool.submit(slot).get();
      CallResult result = ((Completion.Done) completion).result();
      assertThat(result.filtered()).isEqualTo(1);
      assertThat(result.rejected()).extracting(CallResult.RejectedRow::row).containsExactly(2);
      Batch kept = fixture.kept(slot, completion);
      assertThat(IntStream.range(0, kept.rows()).mapToLong(kept.int64("id")::get))
          .containsExactly(0L, 0L, 3L, 3L, 3L);
      assertThat(IntStream.range(0, kept.rows()).mapToDouble(kept.float64("feature")::get))
          .containsExactly(0d, 1d, 0d, 1d, 2d);
    }
  }

  @ParameterizedTest
  @EnumSource
  void says_where_the_outputs_stop_to_fit_when_they_are_too_large(PoolFixture.On on)
      throws Exception {
    try (var fixture =
        new PoolFixture(
            on, Functions.Verbose.class, Map.of(), PoolFixture.config(1, 1), 64 << 10)) {
      Slot slot = fixture.fill(0, 8, 0, r -> r < 2 ? 10 : 40_000);
      Completion completion = fixture.pool.submit(slot).get();
      assertThat(((Completion.Done) completion).result().overflowRow()).isBetween(2, 3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refuses_batches_when_it_is_closed(PoolFixture.On on) throws Exception {
    try (var fixture = new PoolFixture(on, Functions.Feature.class, PoolFixture.config(1, 1))) {
      fixture.pool.close();
      Slot slot = fixture.fill(0, 1, 0, r -> r);
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> fixture.pool.submit(slot));
    }
  }
}
