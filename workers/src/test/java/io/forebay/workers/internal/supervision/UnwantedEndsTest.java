package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.snapshot.EndedWorker;
import io.forebay.workers.internal.launch.OutputTail;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class UnwantedEndsTest {
  private final UnwantedEnds ends = new UnwantedEnds();

  private static WorkerEnd exit(String... lines) {
    return WorkerEnd.ofExit(3, new OutputTail(List.of(lines), List.of()), 64 << 20);
  }

  @Test
  void tells_the_newest_first_and_no_more_than_it_remembers() {
    for (int i = 1; i <= UnwantedEnds.MOST + 4; i++) {
      ends.add("features worker-1", i, exit("line of " + i), 2, i * 1_000_000_000L);
    }
    List<EndedWorker> told = ends.list(20_000_000_000L);

    assertThat(told)
        .hasSize(UnwantedEnds.MOST)
        .extracting(EndedWorker::number)
        .containsExactly(12L, 11L, 10L, 9L, 8L, 7L, 6L, 5L);
    assertThat(told.getFirst())
        .isEqualTo(
            new EndedWorker(
                12,
                "features worker-1",
                12,
                "exited",
                "ended itself with exit code 3",
                "let the function throw an exception in place of ending its process",
                "exit code 3\nlast lines printed:\n  line of 12",
                2,
                Duration.ofSeconds(8)));
  }

  @Test
  void says_nothing_of_those_that_the_pool_has_ended() {
    ends.add("features worker-1", 1, WorkerEnd.recycled(), 0, 0);
    ends.add("features worker-2", 2, WorkerEnd.cancelled(), 1, 0);

    assertThat(ends.list(1)).isEmpty();
  }

  @Test
  void keeps_the_exit_code_and_the_last_words_of_much() {
    String[] lines =
        IntStream.range(0, 20).mapToObj(i -> i + " " + "x".repeat(4_000)).toArray(String[]::new);
    lines[19] = "the last word";
    ends.add("features worker-1", 1, exit(lines), 0, 0);

    assertThat(ends.list(0).getFirst().evidence())
        .startsWith("exit code 3\n…")
        .endsWith("the last word")
        .hasSizeLessThanOrEqualTo(UnwantedEnds.MOST_EVIDENCE_CHARS + 1);
  }
}
