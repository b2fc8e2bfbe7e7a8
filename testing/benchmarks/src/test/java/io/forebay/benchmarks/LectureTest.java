package io.forebay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The lecture's page and the command that measures its figures are in step. */
final class LectureTest {
  private static final Path REPOSITORY = Rivals.repository();
  private static final Path PAGE = REPOSITORY.resolve("docs/guide").resolve(Lecture.PAGE);

  // Beneath the working folder, where pipeline files may have their files.
  private final Path folder = Path.of("target", "short").toAbsolutePath();

  @Test
  void every_part_is_measured_when_the_command_runs() throws Exception {
    assumeTrue(ClaimsTest.LONG, "measured with -Dforebay.long=true");
    Lecture.run(true, folder);

    Page page = Page.read(folder.resolve("lecture").resolve(Lecture.PAGE));
    assertThat(page.measured())
        .isEqualTo(Page.read(PAGE).measured())
        .allSatisfy(part -> assertThat(page.part(part)).as(part).isNotBlank());
    assertThat(page.part("machine")).contains("short run");
    assertThat(page.part("same-results")).contains("2,000 of 2,000").doesNotContain("1,999");
    assertThat(page.part("refused").lines()).hasSize(14).noneMatch(line -> line.contains("0x"));
    assertThat(folder.resolve("lecture").resolve(Lecture.PICTURE))
        .content()
        .startsWith("<svg")
        .contains("prefers-color-scheme: dark")
        .doesNotContain("NaN", "Infinity");
  }

  @Test
  void every_slide_has_its_section_in_order() throws Exception {
    List<String> headings = Page.read(PAGE).headings();

    assertThat(headings).hasSize(12);
    IntStream.rangeClosed(1, 12)
        .forEach(slide -> assertThat(headings.get(slide - 1)).startsWith("## " + slide + ". "));
  }

  @Test
  void figures_of_the_page_are_of_one_whole_run_when_there_are_some() throws Exception {
    Page page = Page.read(PAGE);
    long measured = page.measured().stream().filter(part -> !page.part(part).isBlank()).count();

    assertThat(measured).isIn(0L, (long) page.measured().size());
    assertThat(Files.exists(PAGE.resolveSibling(Lecture.PICTURE))).isEqualTo(measured > 0);
    assertThat(page.part("machine")).doesNotContain("short run");
  }

  @Test
  void every_block_of_code_stands_in_its_file() throws Exception {
    List<Page.Code> blocks = Page.read(PAGE).code();

    assertThat(blocks).hasSizeGreaterThanOrEqualTo(6);
    for (Page.Code block : blocks) {
      assertThat(Files.readString(REPOSITORY.resolve(block.file())))
          .as(block.file())
          .contains(block.text());
    }
  }

  @Test
  void every_command_names_what_there_is() throws Exception {
    List<String> commands = Page.read(PAGE).commands();

    assertThat(commands).isNotEmpty().allSatisfy(LectureTest::exists);
  }

  private static void exists(String command) throws IOException {
    List<String> words = List.of(command.split(" "));
    assertThat(REPOSITORY.resolve(words.getFirst())).isExecutable();
    if (words.getFirst().equals("./forebay")) {
      assertThat(words.get(1)).isEqualTo("run");
      assertThat(REPOSITORY.resolve(words.get(2))).content().contains("stages:");
    } else {
      assertThat(words.get(0)).isEqualTo("tools/bench");
      assertThat(words.get(1)).isEqualTo("lecture");
    }
  }
}
