package io.forebay.cli.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.forebay.errors.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class LettersCommandTest {
  private static final List<String> LETTERS =
      List.of(
          """
          {"source":"hall","line":2,"stage":"","reason":"expected a number, found \\"u\\" at column 9","rejectedAt":"2026-01-01T00:00:00.000Z","text":"a,u","cutBytes":0}\
          """,
          """
          {"source":"hall","line":5,"stage":"","reason":"expected a number, found \\"v\\" at column 12","rejectedAt":"2026-01-01T00:00:01.000Z","text":"a,v","cutBytes":0}\
          """,
          """
          {"source":"hall","line":7,"stage":"check","reason":"value: 9.0 is above 5","rejectedAt":"2026-01-01T00:00:02.000Z","record":{"id":1,"value":9.0}}\
          """,
          """
          {"source":"hall","line":8,"stage":"","sink":"store","reason":"too long","rejectedAt":"2026-01-01T00:00:03.000Z","record":{"id":2}}\
          """);

  @TempDir private Path folder;

  private String letters(List<String> lines, String... options) throws Exception {
    Path file = folder.resolve("rejected.jsonl");
    Files.write(file, lines);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LettersCommand command = new LettersCommand(new PrintStream(out, true, StandardCharsets.UTF_8));
    CommandLine line = new CommandLine(command);
    line.parseArgs(options.length == 0 ? new String[] {file.toString()} : with(file, options));
    assertThat(command.call()).isZero();
    return out.toString(StandardCharsets.UTF_8).replace(file.toString(), "FILE");
  }

  private static String[] with(Path file, String... options) {
    List<String> all = new java.util.ArrayList<>(List.of(file.toString()));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  @Test
  void counts_by_part_and_reason_when_reasons_differ_in_what_was_found_only() throws Exception {
    assertThat(letters(LETTERS).lines())
        .containsExactly(
            "4 dead letters in FILE, 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:03.000Z:",
            "  2 × hall: expected a number, found \"u\" at column 9 (first: hall, line 2)",
            "  1 × check: value: 9.0 is above 5 (hall, line 7)",
            "  1 × store: too long (hall, line 8)");
  }

  @Test
  void shows_the_most_frequent_when_there_are_more_than_asked_for() throws Exception {
    assertThat(letters(LETTERS, "--reasons", "1").lines())
        .hasSize(3)
        .anyMatch(line -> line.contains("2 reasons more"));
  }

  @Test
  void prints_records_and_texts_when_asked_to() throws Exception {
    assertThat(letters(LETTERS, "--records").lines())
        .containsExactly("a,u", "a,v", "{\"id\":1,\"value\":9.0}", "{\"id\":2}");
    assertThat(letters(LETTERS, "--records", "1").lines()).containsExactly("a,u");
  }

  @Test
  void leaves_out_what_is_not_wanted() throws Exception {
    assertThat(letters(LETTERS, "--from", "store", "--records")).isEqualTo("{\"id\":2}\n");
    assertThat(letters(LETTERS, "--reason", "above").lines()).hasSize(2);
    assertThat(letters(LETTERS, "--reason", "nothing such"))
        .startsWith("There are no such dead letters");
    assertThat(letters(List.of())).startsWith("There are no dead letters");
  }

  @Test
  void says_so_when_the_last_line_is_still_being_written() throws Exception {
    String half = LETTERS.get(3).substring(0, 40);
    assertThat(letters(List.of(LETTERS.get(0), half))).contains("Line 2, the last one");
  }

  @Test
  void refuses_in_a_sentence_when_it_is_no_file_of_dead_letters() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> letters(List.of("{\"a\":1}", LETTERS.get(0))))
        .withMessageContaining("line 1 of")
        .withMessageContaining("no dead letter");
    LettersCommand command = new LettersCommand(System.out);
    new CommandLine(command).parseArgs(folder.resolve("none.jsonl").toString());
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(command::call)
        .withMessageContaining("there is no file of dead letters");
  }
}
