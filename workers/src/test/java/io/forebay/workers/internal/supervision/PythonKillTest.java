package io.forebay.workers.internal.supervision;

import io.forebay.workers.Python;
import io.forebay.workers.api.PoolConfig;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Python workers are killed at random phases of their batches. */
final class PythonKillTest {
  @BeforeAll
  static void needsPython() {
    Python.assumeThere();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void loses_and_repeats_nothing_when_python_workers_are_killed() throws Exception {
    var config = new PoolConfig("test", 2, 3, KillTest.TIMEOUT, 64 << 20);
    try (var fixture =
        new PoolFixture(
            PoolFixture.On.PROCESSES,
            Python.function("acts.slow", Map.of("micros", "30")),
            config,
            64 << 10)) {
      KillTest.run(fixture);
    }
  }
}
