package io.forebay.engine.internal.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is named in a warning. */
final class StallReportTest {
  private static final StackTraceElement FUNCTION = frame("com.acme.Slow");
  private static final StackTraceElement ENGINE =
      frame("io.forebay.engine.internal.dispatch.Dispatcher");

  private static StackTraceElement frame(String type) {
    return new StackTraceElement(type, "call", "Some.java", 1);
  }

  /** What a function calls while it is looked at. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.ArrayList",
        "jdk.internal.misc.Unsafe",
        "io.forebay.Batch",
        "io.forebay.columns.StringColumn",
        "io.forebay.errors.RecordRejectedException",
        "io.forebay.internal.rows.HeapBatchBuilder",
        "io.forebay.slots.SlotContent",
        "io.forebay.workers.internal.calls.RowCall"
      })
  void names_the_function_when_it_is_in_what_it_calls(String callee) {
    assertThat(StallReport.culprit(frame(callee), FUNCTION, ENGINE)).isSameAs(FUNCTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"io.forebay.functions.LectureFeatures", "io.forebay.formats.RowText"})
  void names_what_computes_of_forebays_own(String type) {
    assertThat(StallReport.culprit(frame(type), ENGINE).getClassName()).isEqualTo(type);
  }

  @Test
  void names_nobody_when_only_the_engine_runs() {
    assertThat(StallReport.culprit(frame("java.lang.Thread"), ENGINE)).isNull();
  }
}
