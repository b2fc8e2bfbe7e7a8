package io.forebay.workers.internal.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class HealthWatchTest {
  @Test
  void knows_who_is_ending_when_nobody_has_noticed_it_yet() throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec sleep 60").start();
    try {
      long child = Long.parseLong(parent.inputReader().readLine());
      assertThat(HealthWatch.isEnding(child)).isFalse();

      ProcessHandle.of(child).orElseThrow().destroyForcibly();

      await().until(() -> HealthWatch.isEnding(child)); // It stays: its parent does not look.
    } finally {
      parent.destroyForcibly();
    }
    parent.waitFor();
    assertThat(HealthWatch.isEnding(parent.pid())).isTrue();
  }
}
