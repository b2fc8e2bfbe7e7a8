package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.internal.launch.WorkerEnd.Kind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about exit codes alone. */
final class WorkerEndTest {
  @ParameterizedTest
  @CsvSource({
    "129, KILLED, was ended by SIGHUP just after its start, send it to the engine alone",
    "130, KILLED, was ended by SIGINT just after its start, send it to the engine alone",
    "143, KILLED, was ended by SIGTERM just after its start, send it to the engine alone",
    "137, KILLED, was killed by SIGKILL, the system was short of memory",
    "139, CRASHED, crashed with SIGSEGV, look at the native library",
    "3, EXITED, ended itself with exit code 3, throw an exception"
  })
  void tells_requests_from_kills_and_crashes(int code, Kind kind, String what, String advice) {
    WorkerEnd end = WorkerEnd.ofExit(code, new OutputTail(List.of(), List.of()), 64 << 20);

    assertThat(end.kind()).isEqualTo(kind);
    assertThat(end.what()).isEqualTo(what);
    assertThat(end.advice()).contains(advice);
  }
}
