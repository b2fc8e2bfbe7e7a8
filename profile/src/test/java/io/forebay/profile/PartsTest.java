package io.forebay.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PartsTest {
  private final Parts parts = Parts.make();

  PartsTest() throws IOException {}

  @AfterEach
  void close() {
    parts.close();
    assertThat(parts.folder()).doesNotExist();
  }

  @Test
  void line_that_was_cut_costs_nothing_but_itself() throws IOException {
    Path part = Path.of(parts.prefix(0) + "-12-3.part");
    Files.writeString(
        part, "[main tid=7];a/B.c_[j] 5\n[main tid=8];a/B.c_[j] 6\n[main tid=8];a/B.d");
    assertThat(parts.end().get(0).lines()).isEqualTo(List.of("[main];a/B.c_[j] 11"));
    assertThat(part).doesNotExist();
  }

  @Test
  void stacks_are_bounded() {
    Stacks stacks = new Stacks();
    for (int i = 0; i < 3 * Stacks.MOST; i++) {
      stacks.add("frame" + i, 1);
    }
    assertThat(stacks.lines()).hasSize(Stacks.MOST + 1);
    assertThat(stacks.total()).isEqualTo(3 * Stacks.MOST);
  }

  @Test
  void platform_without_a_library_is_said() {
    assertThatThrownBy(() -> JvmProfiler.load(parts, "Windows 11", "amd64"))
        .isInstanceOf(JvmProfiler.UnavailableException.class)
        .hasMessage("it has no library for Windows 11 on amd64");
  }

  @Test
  void page_needs_nothing_from_elsewhere_and_has_words_of_its_own() throws IOException {
    Stacks stacks = new Stacks();
    stacks.add("the function_[j];</script>_[j]", 5_000_000);
    String page = FlamePage.of("a <b>", stacks);
    assertThat(page)
        .contains("<title>a &lt;b&gt;</title>", ">The function</dd>", ">Forebay</dd>")
        .contains("µs of CPU time'", "Library of Java or Python")
        .doesNotContain("<script src", "<link", "@import", "</script>_", "'</script>");
  }
}
