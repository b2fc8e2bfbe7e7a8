package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.internal.process.Grandchildren;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GrandchildrenTest {
  /** The pid of what a command has left behind, which prints it. */
  private static ProcessHandle leftBy(Process process) throws IOException {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      return ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
    }
  }

  private static Process start(String script) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(OwnSession.of(List.of("sh", "-c", script)));
    builder.environment().putAll(Map.of(Grandchildren.VARIABLE, "mark"));
    return builder.start();
  }

  @Test
  void ends_a_process_when_it_is_in_the_session_without_an_environment() throws Exception {
    Process worker = start("env -i sleep 300 >&- 2>&- & echo $!");
    ProcessHandle left = leftBy(worker);
    worker.waitFor();
    assertThat(left.isAlive()).isTrue();
    assertThat(Grandchildren.kill("another mark", worker.pid() + 1)).isZero();
    assertThat(Grandchildren.kill("another mark", worker.pid())).isEqualTo(1);
    left.onExit().get();
  }

  @Test
  void ends_a_process_when_it_is_marked_in_another_session() throws Exception {
    Process worker = start("setsid sleep 300 >&- 2>&- & echo $!");
    ProcessHandle left = leftBy(worker);
    worker.waitFor();
    assertThat(left.isAlive()).isTrue();
    assertThat(Grandchildren.kill("mark", worker.pid())).isEqualTo(1);
    left.onExit().get();
  }
}
