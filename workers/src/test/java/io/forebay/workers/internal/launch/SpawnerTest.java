package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.workers.api.WorkerPriority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    int nice = Math.min(19, Scheduled.of("thread-self").nice + SchedulingClass.lowNice());
    assertThat(started(WorkerPriority.LOW)).isEqualTo(new Scheduled(OTHER, nice));
  }

  @Test
  void process_has_a_long_slice_when_its_priority_is_low_and_the_kernel_knows_slices()
      throws Exception {
    assumeTrue(SchedulingClass.lowNice() == 0, "this kernel has no slices");
    Process process = Spawner.start(new ProcessBuilder("cat"), WorkerPriority.LOW);
    try {
      Path told = Path.of("/proc", Long.toString(process.pid()), "sched");
      assumeTrue(Files.exists(told), "this kernel does not tell slices");
      assertThat(Files.readString(told)).containsPattern("se\\.slice +: +20000000");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void kernel_knows_slices_since_6_12() {
    assertThat(SchedulingClass.lowNice("6.12.0-amd64")).isZero();
    assertThat(SchedulingClass.lowNice("10.0")).isZero();
    assertThat(SchedulingClass.lowNice("6.6.44")).isEqualTo(10);
    assertThat(SchedulingClass.lowNice("5.19.0-46-generic")).isEqualTo(10);
    assertThat(SchedulingClass.lowNice("")).isEqualTo(10);
  }

  /** As many on each side as there are cores, each in a session of its own, as workers are. */
  @Test
  void processes_have_a_fair_share_beside_others_that_compute_when_their_priority_is_low()
      throws Exception {
    assumeTrue(SchedulingClass.lowNice() == 0, "this kernel has no slices");
    List<Process> workers = new ArrayList<>();
    List<Process> others = new ArrayList<>();
    try {
      for (int core = 0; core < Runtime.getRuntime().availableProcessors(); core++) {
        others.add(computing(WorkerPriority.NORMAL));
        workers.add(computing(WorkerPriority.LOW));
      }
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> computed(others).compareTo(Duration.ofSeconds(1)) > 0);
      assertThat(computed(workers)).isGreaterThan(computed(others).dividedBy(2));
    } finally {
      for (Process process : workers) {
        process.destroyForcibly().waitFor();
      }
      for (Process process : others) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static Process computing(WorkerPriority priority) throws Exception {
    List<String> command = OwnSession.of(List.of("sh", "-c", "while :; do :; done"));
    Process process = Spawner.start(new ProcessBuilder(command), priority);
    await().until(() -> SessionPriority.lower(process.pid(), priority));
    return process;
  }

  private static Duration computed(List<Process> processes) {
    return processes.stream()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
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
