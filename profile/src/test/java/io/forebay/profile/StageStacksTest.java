package io.forebay.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StageStacksTest {
  private static final long SECOND = 1_000_000_000;

  private final StageStacks java =
      new StageStacks(new ProfiledStage("f", "com.acme.Fft", ProfiledStage.Place.JAVA_WORKERS));
  private final StageStacks python =
      new StageStacks(
          new ProfiledStage("p", "python:feat.run", ProfiledStage.Place.PYTHON_WORKERS));

  private static List<String> serving(String... further) {
    List<String> frames =
        new ArrayList<>(List.of("io/forebay/workers/internal/process/WorkerMain.work_[j]"));
    frames.addAll(List.of(further));
    return frames;
  }

  @Test
  void library_has_its_time_for_whoever_calls_it() {
    java.add("main", serving("com/acme/Fft.apply_[j]", "java/lang/Math.sin_[i]"), 3 * SECOND);
    java.add("main", serving("java/lang/foreign/MemorySegment.copy_[j]", "memcpy"), SECOND);
    java.add(
        "main",
        serving("com/acme/Fft.apply_[j]", "io/forebay/slots/Slot.column_[i]", "java/X.get_[i]"),
        SECOND);
    assertThat(java.sentence())
        .isEqualTo(
            "f: 60 % in your function (top: com.acme.Fft.apply 60 %), 40 % Forebay (crossing the"
                + " border), 0 % JVM (compiler 0 %, GC 0 %) of 5.0 s of CPU time");
  }

  @Test
  void compiler_collector_and_start_are_named() {
    java.add("C2 CompilerThre", List.of("CompileBroker::compiler_thread_loop"), SECOND);
    java.add("VM Thread", List.of("SerialHeap::do_collection"), SECOND);
    java.add(
        "main",
        List.of(
            "io/forebay/workers/internal/process/WorkerMain.serve_[0]", "com/acme/Fft.<init>_[0]"),
        2 * SECOND);
    assertThat(java.sentence())
        .contains("50 % JVM (compiler 25 %, GC 25 %)", "50 % starting workers");
  }

  @Test
  void function_in_a_package_of_forebay_is_the_users() {
    StageStacks shipped =
        new StageStacks(
            new ProfiledStage("s", "io.forebay.cli.Spin", ProfiledStage.Place.JAVA_WORKERS));
    shipped.add("main", serving("io/forebay/cli/Spin.apply_[j]"), SECOND);
    shipped.add("main", serving("io/forebay/functions/Spectrum.apply_[j]"), SECOND);
    shipped.add("main", serving("io/forebay/cli/log/Log.write_[j]"), 2 * SECOND);
    assertThat(shipped.sentence()).contains("50 % in your function", "50 % Forebay");
  }

  @Test
  void graph_of_the_function_begins_where_it_is_called() {
    java.add("main", serving("com/acme/Fft.apply_[j]", "java/lang/Math.sin_[i]"), 7);
    assertThat(java.graph().lines())
        .containsExactly("the function;com/acme/Fft.apply_[j];java/lang/Math.sin_[i] 7");
  }

  @Test
  void python_function_is_told_from_worker_and_standard_library() {
    List<String> worker =
        List.of("__main__.<module>", "forebay.worker._work", "forebay.worker._serve");
    List<String> calls = new ArrayList<>(worker);
    calls.addAll(List.of("feat.run", "json.dumps (python)"));
    python.add("", calls, 3 * SECOND);
    python.add("", worker, SECOND);
    assertThat(python.sentence())
        .isEqualTo(
            "p: 75 % in your function (top: feat.run 75 %), 25 % Forebay (crossing the border)"
                + " of 4.0 s of CPU time");
    assertThat(python.graph().lines())
        .contains("the function;feat.run;json.dumps (python) 3000000000");
  }

  @Test
  void stage_without_samples_says_so() {
    assertThat(java.sentence())
        .isEqualTo("f: no CPU time that could be seen: it had nothing to do, or waited");
  }
}
