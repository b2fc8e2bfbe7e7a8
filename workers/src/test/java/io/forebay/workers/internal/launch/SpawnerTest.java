package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.workers.api.WorkerPriority;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which class the kernel gives to processes that are started, as it tells in proc(5). */
class SpawnerTest {
  private static final int OTHER = 0;
  private static final int IDLE = 5;

  private record Scheduled(int policy, int nice) {
    /** Of the main thread of a process, or of a thread of this one. */
    static Scheduled of(String process) throws Exception {
      String stat = Files.readString(Path.of("/proc", process, "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new Scheduled(Integer.parseInt(fields[38]), Integer.parseInt(fields[16]));
    }
  }

  private static Scheduled started(WorkerPriority priority) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "only Linux has /proc");
    Process process = Spawner.start(new ProcessBuilder("cat"), priority);
    try {
      return Scheduled.of(Long.toString(process.pid()));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void process_is_as_this_one_when_its_priority_is_normal() throws Exception {
    assertThat(started(WorkerPriority.NORMAL)).isEqualTo(Scheduled.of("thread-self"));
  }

  @Test
  void process_lets_others_go_first_when_its_priority_is_low() throws Exception {
    int nice = Math.min(19, Scheduled.of("thread-self").nice + 10);
    assertThat(started(WorkerPriority.LOW)).isEqualTo(new Scheduled(OTHER, nice));
  }

  @Test
  void process_runs_only_where_nothing_else_does_when_its_priority_is_idle() throws Exception {
    assertThat(started(WorkerPriority.IDLE))
        .isEqualTo(new Scheduled(IDLE, Scheduled.of("thread-self").nice));
  }

  @Test
  void this_process_stays_as_it_is_when_it_starts_others() throws Exception {
    Scheduled before = Scheduled.of("thread-self");
    started(WorkerPriority.LOW);
    started(WorkerPriority.IDLE);
    assertThat(Scheduled.of("thread-self")).isEqualTo(before);
  }
}
