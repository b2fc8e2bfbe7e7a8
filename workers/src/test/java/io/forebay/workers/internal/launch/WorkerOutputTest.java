package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.workers.api.WorkerLog;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorkerOutputTest implements WorkerLog {
  private final List<String> printed = new ArrayList<>();

  @Override
  public void printed(String worker, String line) {
    printed.add(line);
  }

  @Override
  public void supervised(String sentence) {}

  private WorkerOutput output(String text) {
    return new WorkerOutput(
        "w", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), this);
  }

  @Test
  void passes_lines_on_when_they_end_in_any_way() {
    WorkerOutput output = output("one\r\ntwo ä\n\nlast");
    assertThat(output.poll()).isTrue();
    assertThat(printed).containsExactly("one", "two ä", "");
    assertThat(output.end().lines()).containsExactly("one", "two ä", "", "last");
  }

  @Test
  void cuts_lines_when_they_are_long() {
    output("x".repeat(100_000) + "\nshort\n").end();
    assertThat(printed).hasSize(2);
    assertThat(printed.get(0)).hasSize(4097).endsWith("…");
  }

  @Test
  void replaces_control_characters_when_a_line_has_some() {
    output("\u001b[31mred\u0007\ttab\n").end();
    assertThat(printed).containsExactly("?[31mred?\ttab");
  }

  @Test
  void counts_what_it_leaves_out_when_there_is_too_much() {
    WorkerOutput output = output("y\n".repeat(100_000));
    output.end();
    assertThat(printed).hasSizeBetween(1000, 20_000);
    assertThat(printed.getLast()).matches("… [0-9]+ lines left out: more than 200 a second");
  }

  @Test
  void keeps_the_crash_report_when_the_virtual_machine_writes_one() {
    OutputTail tail =
        output(
                """
                before
                #
                # A fatal error has been detected by the Java Runtime Environment:
                #
                #  SIGSEGV (0xb) at pc=0x1
                # Problematic frame:
                # C  [libx.so+0x5]  f
                registers
                """)
            .end();
    assertThat(printed).containsExactly("before", "#");
    assertThat(tail.crash()).hasSize(4).contains("#  SIGSEGV (0xb) at pc=0x1");
    assertThat(WorkerEnd.ofExit(134, tail, 1 << 20).what())
        .isEqualTo("crashed in native code with SIGSEGV, in C  [libx.so+0x5]  f");
  }
}
