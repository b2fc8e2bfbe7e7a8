package io.forebay.workers;

import static io.forebay.workers.CallPoolTest.acts;
import static io.forebay.workers.CallPoolTest.pool;
import static io.forebay.workers.CallPoolTest.python;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.workers.api.CallException;
import io.forebay.workers.api.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions over streams of arguments. */
@Timeout(120)
final class MappingTest {
  @ParameterizedTest
  @CsvSource({"true, 0, true", "true, 7, false", "false, 0, false", "false, 100, true"})
  void gives_every_result_once_when_mapped(boolean processes, int batch, boolean ordered) {
    try (var pool = pool(processes, Plain.Twice.class).start()) {
      Mapping<Integer, Long> mapping = pool.mapping(IntStream.range(0, 20_000).iterator());
      mapping = ordered ? mapping : mapping.unordered();
      mapping = batch == 0 ? mapping : mapping.batch(batch);
      try (Stream<Long> results = mapping.outputs()) {
        List<Long> all = results.toList();
        assertThat(ordered ? all : all.stream().sorted().toList())
            .isEqualTo(IntStream.range(0, 20_000).mapToObj(i -> 2L * i).toList());
      }
    }
  }

  @Test
  void takes_only_what_it_can_send_when_the_input_is_endless() throws Exception {
    try (var pool = pool(true, Plain.Twice.class).inFlight(6).start()) {
      AtomicInteger taken = new AtomicInteger();
      try (Stream<Long> results =
          pool.mapping(Stream.generate(taken::getAndIncrement).iterator()).batch(10).outputs()) {
        assertThat(results.limit(95)).hasSize(95).startsWith(0L, 2L, 4L);
      }
      // Five slots at once, and at most one more than the ten that were read.
      assertThat(taken.get()).isBetween(95, 95 + 6 * 10);
      assertThat(pool.pool().awaitIdle(Duration.ofSeconds(30))).isTrue();
      assertThat(pool.map(Stream.of(5))).containsExactly(10L);
    }
  }

  @Test
  void gives_back_its_slots_when_a_stream_is_left_open() throws Exception {
    try (var pool = pool(true, Plain.Twice.class).start()) {
      Iterator<Long> left = pool.map(Stream.iterate(0, i -> i + 1)).iterator();
      assertThat(left.next()).isEqualTo(0L);
      assertThat(pool.pool().awaitIdle(Duration.ofSeconds(30))).isTrue();
      assertThat(pool.call(4).get()).isEqualTo(8L);
      assertThat(left.next()).isEqualTo(2L);
    }
  }

  @Test
  void fails_the_guilty_ones_only_when_some_kill_their_workers_or_throw() throws Exception {
    try (var pool = acts(true).start()) {
      blames(pool);
    }
  }

  @Test
  void fails_the_guilty_ones_only_when_some_kill_their_python_workers() throws Exception {
    try (var pool = python("act@each").start()) {
      blames(pool);
    }
  }

  private static void blames(CallPool<String, String> pool) {
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      commands.add(i == 40 ? "exit" : i == 120 ? "throw it" : "echo " + i);
    }
    try (Stream<Outcome<String, String>> outcomes =
        pool.mapping(commands.iterator()).batch(50).outcomes()) {
      List<Outcome<String, String>> all = outcomes.toList();
      assertThat(all).extracting(Outcome::input).isEqualTo(commands);
      for (int i = 0; i < 200; i++) {
        switch (all.get(i)) {
          case Outcome.Returned<String, String> returned ->
              assertThat(returned.output()).isEqualTo(String.valueOf(i));
          case Outcome.Failed<String, String> failed ->
              assertThat(failed.exception().kind())
                  .isEqualTo(
                      i == 40
                          ? CallException.Kind.LOST
                          : i == 120 ? CallException.Kind.THREW : null);
        }
      }
    }
  }

  @Test
  void ends_with_the_exception_when_only_results_are_asked_for() {
    try (var pool = acts(true).start()) {
      assertThatThrownBy(() -> pool.map(Stream.of("echo a", "throw b", "echo c")).toList())
          .isInstanceOf(CallException.class)
          .hasMessageContaining("IllegalArgumentException: b");
      assertThat(pool.map(Stream.of("echo a"))).containsExactly("a");
    }
  }

  @Test
  void goes_on_in_parts_when_results_are_larger_than_thought() {
    try (var pool = acts(true).slotBytes(32 << 10).start()) {
      List<String> commands = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        commands.add("long " + (i % 2 == 0 ? 10 : 5000 + i));
      }
      try (Stream<String> results = pool.mapping(commands.iterator()).batch(60).outputs()) {
        assertThat(results.map(String::length).toList())
            .isEqualTo(IntStream.range(0, 60).mapToObj(i -> i % 2 == 0 ? 10 : 5000 + i).toList());
      }
    }
  }

  @Test
  void gives_what_is_finished_when_the_input_is_slow() throws Exception {
    try (var pool = acts(true).workers(1).start()) {
      AtomicInteger taken = new AtomicInteger();
      Iterator<String> slow =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return taken.get() < 4;
            }

            @Override
            public String next() {
              int i = taken.getAndIncrement();
              if (i > 0) {
                // As slow as everything before needs to be finished.
                await().until(() -> pool.snapshot().busy() == 0);
              }
              return "echo " + i;
            }
          };
      try (Stream<String> results = pool.mapping(slow).outputs()) {
        Iterator<String> each = results.iterator();
        assertThat(each.next()).isEqualTo("0");
        assertThat(taken.get()).isLessThanOrEqualTo(3);
        assertThat(each.next()).isEqualTo("1");
      }
    }
  }

  @Test
  void cancels_what_runs_when_the_stream_is_closed() throws Exception {
    try (var pool = acts(true).workers(1).start()) {
      String before = pool.call("pid").get();
      Stream<String> results =
          pool.mapping(List.of("echo a", "loop").iterator()).batch(1).outputs();
      Iterator<String> each = results.iterator();
      assertThat(each.next()).isEqualTo("a");
      results.close();
      assertThat(pool.pool().awaitIdle(Duration.ofSeconds(30))).isTrue();
      assertThat(pool.call("pid").get())
          .isNotNull()
          .satisfies(after ->
              // It was killed, unless the second one had not been sent yet.
              assertThat(pool.snapshot().restarts()).isEqualTo(after.equals(before) ? 0 : 1));
    }
  }
}
