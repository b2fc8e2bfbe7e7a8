package io.forebay.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is to be seen of a terminal on which records, words and a block are printed. */
final class ScreenTest {
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private final Screen screen = new Screen(terminal);
  private final OutputStream records = screen.shared(terminal);
  private final HidingStream err = new HidingStream(terminal, screen);

  private List<String> shown() {
    return Shown.of(terminal.toString(StandardCharsets.UTF_8));
  }

  private void print(String text) throws IOException {
    records.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void nothing_is_written_over_when_records_and_words_come_between_two_blocks() throws Exception {
    err.block(List.of("block 1", "more"));
    print("record 1\nrecord 2\n");
    assertThat(screen.isBare()).isTrue();
    err.block(List.of("block 2", "more"));
    err.println("a warning");
    err.block(List.of("block 3", "more"));
    print("record 3\n");
    print("record 4\n");
    err.block(List.of("block 4"));

    assertThat(shown())
        .containsExactly(
            "record 1", "record 2", "a warning", "record 3", "record 4", "block 4", "");
    err.block(List.of());
    assertThat(shown()).endsWith("record 4", "");
  }

  @Test
  void a_record_is_whole_when_a_block_is_due_in_the_midst_of_it() throws Exception {
    err.block(List.of("block 1"));
    print("{\"value\":");
    err.block(List.of("block 2"));
    assertThat(shown()).containsExactly("{\"value\":");
    print("80.5}\n");
    err.block(List.of("block 3"));

    assertThat(shown()).containsExactly("{\"value\":80.5}", "block 3", "");
  }
}
