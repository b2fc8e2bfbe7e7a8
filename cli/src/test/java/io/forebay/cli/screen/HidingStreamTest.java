package io.forebay.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HidingStreamTest {
  private static final String UP_2 = "\u001b[2A\u001b[J";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final HidingStream stream = new HidingStream(screen);

  private String take() {
    String text = screen.toString(StandardCharsets.UTF_8);
    screen.reset();
    return text;
  }

  @Test
  void whatever_is_printed_goes_above_the_block() {
    stream.block(List.of("one", "two"));
    assertThat(take()).contains("one\n", "two\n");

    stream.entry("logged\n");
    assertThat(take()).isEqualTo(UP_2 + "logged\n");

    stream.block(List.of("three"));
    assertThat(take()).doesNotContain("A\u001b[2K").contains("three\n");

    stream.println("printed");
    assertThat(take()).isEqualTo("\u001b[1A\u001b[Jprinted\n");
  }

  @Test
  void a_half_line_is_ended_before_the_block_and_before_an_entry() {
    stream.print("half");
    stream.flush();
    stream.block(List.of("one"));
    assertThat(take()).startsWith("half\n");

    stream.print("other half");
    stream.flush();
    stream.entry("logged\n");
    assertThat(take()).endsWith("other half\nlogged\n");
  }

  @Test
  void gives_away_whole_lines_only_and_the_rest_at_the_end() {
    List<String> lines = new ArrayList<>();
    stream.divert(lines::add);

    stream.print("a\nb");
    stream.flush();
    assertThat(lines).containsExactly("a");
    stream.print("c\u00e9\nd");
    assertThat(lines).containsExactly("a", "bc\u00e9");
    stream.end();
    assertThat(lines).containsExactly("a", "bc\u00e9", "d");
    assertThat(take()).isEmpty();
  }
}
