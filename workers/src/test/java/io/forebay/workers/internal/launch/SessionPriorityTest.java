package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.workers.api.WorkerPriority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How nice the kernel holds sessions to be, as it tells in sched(7). */
class SessionPriorityTest {
  private static String sessionOf(String process) throws Exception {
    return Files.readString(Path.of("/proc", process, "autogroup")).strip();
  }

  private static String after(WorkerPriority priority, List<String> command) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/autogroup")), "this kernel has no autogroups");
    String own = sessionOf("self");
    boolean ofItsOwn = command.size() > 1;
    Process process = Spawner.start(new ProcessBuilder(command), WorkerPriority.NORMAL);
    try {
      String pid = Long.toString(process.pid());
      if (ofItsOwn) { // Until the program that makes the session has become the command.
        await().until(() -> !sessionOf(pid).equals(own));
      }
      await().until(() -> SessionPriority.lower(process.pid(), priority));
      return sessionOf(pid);
    } finally {
      process.destroyForcibly().waitFor();
      assertThat(sessionOf("self")).isEqualTo(own);
    }
  }

  private static List<String> inASessionOfItsOwn() {
    List<String> command = OwnSession.of(List.of("cat"));
    assumeTrue(command.size() > 1, "no program here makes a session");
    return command;
  }

  @Test
  void session_lets_others_go_first_when_the_worker_does() throws Exception {
    assertThat(after(WorkerPriority.LOW, inASessionOfItsOwn()))
        .endsWith(" nice " + SchedulingClass.lowNice());
    assertThat(after(WorkerPriority.IDLE, inASessionOfItsOwn())).endsWith(" nice 19");
  }

  @Test
  void session_is_left_as_it_is_when_the_priority_is_normal() throws Exception {
    assertThat(after(WorkerPriority.NORMAL, inASessionOfItsOwn())).endsWith(" nice 0");
  }

  @Test
  void session_of_this_process_is_left_alone_when_the_worker_is_in_it() throws Exception {
    assertThat(after(WorkerPriority.LOW, List.of("cat"))).isEqualTo(sessionOf("self"));
  }
}
