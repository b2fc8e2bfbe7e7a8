package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code forebay replay} in processes of its own. */
final class ReplayTest {
  private static final int LINES = 4_000;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= LINES; i++) {
      lines
          .append("{\"id\":")
          .append(i)
          .append(",\"value\":")
          .append(i % 10 == 0 ? "\"twenty\"" : "20.5")
          .append(",\"unit\":\"C\"}\n");
    }
    Files.writeString(folder.resolve("in.jsonl"), lines);
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources:
          - { name: in, type: file, path: in.jsonl, fields: { id: int64, value: float64 } }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """);
  }

  private Forebay.Result forebay(String... arguments) throws Exception {
    Forebay.Result result = Forebay.run(folder, arguments);
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    return result;
  }

  private List<Long> ids(String file) throws IOException {
    List<Long> ids = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(file))) {
      JsonNode node = JsonMapper.shared().readTree(line);
      ids.add(node.get("id").asLong());
    }
    return ids;
  }

  /** Mends the letters with even numbers, as a person would who found the sensor's mistake. */
  private void mend() throws IOException {
    List<String> letters = Files.readAllLines(folder.resolve("rejected.jsonl"));
    for (int i = 1; i < letters.size(); i += 2) {
      letters.set(i, letters.get(i).replace("\\\"twenty\\\"", "20.0"));
    }
    Files.write(folder.resolve("rejected.jsonl"), letters);
  }

  @Test
  void adds_what_passes_now_and_keeps_what_is_rejected_again() throws Exception {
    forebay("run", "plant.yaml", "--no-progress");
    assertThat(ids("out.jsonl")).hasSize(LINES - LINES / 10);
    assertThat(folder.resolve("rejected.jsonl")).content().contains("\"pipeline\":\"plant.yaml\"");
    mend();

    Forebay.Result replayed =
        forebay("replay", "rejected.jsonl", "--no-progress", "--summary", "again.json");

    assertThat(replayed.out()).contains("adding to what is there");
    assertThat(ids("out.jsonl")).hasSize(LINES - LINES / 20).doesNotHaveDuplicates();
    assertThat(Files.readAllLines(folder.resolve("out.jsonl")).getLast())
        .contains("\"id\":4000")
        .contains("\"unit\":\"C\"");
    assertThat(folder.resolve("rejected.again.jsonl")).content().hasLineCount(LINES / 20);
    assertThat(Files.readString(folder.resolve("again.json"))).contains("\"delivered\": 200");

    forebay("replay", "rejected.jsonl", "--no-progress");
    assertThat(ids("out.jsonl")).as("a second time").hasSize(LINES - LINES / 20);
    assertThat(folder.resolve("rejected.again.jsonl")).content().hasLineCount(LINES / 20);

    forebay("replay", "rejected.again.jsonl", "--no-progress");
    assertThat(folder.resolve("rejected.again.again.jsonl")).content().hasLineCount(LINES / 20);
    assertThat(ids("out.jsonl")).hasSize(LINES - LINES / 20);
  }

  @Test
  void loses_and_doubles_nothing_when_it_is_killed() throws Exception {
    forebay("run", "plant.yaml", "--no-progress");
    mend();
    for (int kill = 1; kill <= 4; kill++) {
      try (Forebay killed = Forebay.start(folder, "replay", "rejected.jsonl", "--no-progress")) {
        killed.killAfter(250L * kill);
      }
    }

    forebay("replay", "rejected.jsonl", "--no-progress");

    assertThat(ids("out.jsonl")).hasSize(LINES - LINES / 20).doesNotHaveDuplicates();
    assertThat(folder.resolve("rejected.again.jsonl")).content().hasLineCount(LINES / 20);
  }

  @Test
  void takes_a_long_text_that_was_mended_and_refuses_one_that_was_cut() throws Exception {
    String note = "long ".repeat(8_000);
    Files.writeString(
        folder.resolve("in.jsonl"),
        "{\"id\":1,\"value\":oops,\"note\":\"%s\"}\n{\"id\":2,\"value\":oops,\"note\":\"%s\"}\n"
            .formatted(note, note.repeat(2)));
    forebay("run", "plant.yaml", "--no-progress");
    List<String> letters = Files.readAllLines(folder.resolve("rejected.jsonl"));
    assertThat(letters.get(0)).contains("long long \\\"}\",\"cutBytes\":0,");
    assertThat(letters.get(1)).contains("\"cutBytes\":" + (80_031 - 65_536) + ",");
    letters.replaceAll(letter -> letter.replace("oops", "20.5"));
    Files.write(folder.resolve("rejected.jsonl"), letters);

    forebay("replay", "rejected.jsonl", "--no-progress");

    assertThat(ids("out.jsonl")).containsExactly(1L);
    assertThat(folder.resolve("out.jsonl")).content().contains(note);
    assertThat(Files.readAllLines(folder.resolve("rejected.again.jsonl")))
        .singleElement()
        .asString()
        .contains("has only the first 65536 bytes of the record, 14495 more were cut off")
        .contains("\"cutBytes\":14495,");

    JsonMapper json = JsonMapper.shared();
    Map<String, Object> cut = json.readValue(letters.get(1), new TypeReference<>() {});
    cut.put("text", "{\"id\":2,\"value\":20.5}");
    cut.put("cutBytes", 0);
    Files.writeString(folder.resolve("whole.jsonl"), json.writeValueAsString(cut));
    forebay("replay", "whole.jsonl", "--no-progress");
    assertThat(ids("out.jsonl")).containsExactly(1L, 2L);
  }

  @Test
  void reads_texts_in_the_format_of_their_source() throws Exception {
    String words = "word ".repeat(60);
    Files.writeString(
        folder.resolve("in.csv"),
        "value;id;name\n1.5;1;one\ntwenty;2;two\n2.5;3;three\nforty;4;" + words + "\n");
    Files.writeString(
        folder.resolve("csv.yaml"),
        """
        name: csv
        sources:
          - { name: in, type: file, path: in.csv, separator: ";", fields: { value: float64, id: int64, name: string } }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """);
    forebay("run", "csv.yaml", "--no-progress");
    assertThat(ids("out.jsonl")).containsExactly(1L, 3L);
    List<String> letters = Files.readAllLines(folder.resolve("rejected.jsonl"));
    assertThat(letters).hasSize(2).first().asString().contains("\"text\":\"twenty;2;two\"");
    String old = words.substring(0, 200 - "forty;4;".length());
    letters.replaceAll(letter ->
        letter
            .replace("twenty;", "20.0;")
            .replace("forty;4;" + words + "\",\"cutBytes\":0", "4.0;004;" + old + "\""));
    Files.write(folder.resolve("rejected.jsonl"), letters);

    forebay("replay", "rejected.jsonl", "--no-progress");

    assertThat(ids("out.jsonl")).containsExactly(1L, 3L, 2L);
    assertThat(Files.readAllLines(folder.resolve("out.jsonl")).getLast())
        .contains("\"value\":20")
        .contains("\"name\":\"two\"");
    assertThat(folder.resolve("rejected.again.jsonl"))
        .content()
        .hasLineCount(1)
        .contains("only the start of the record may be left");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: tcp, format: line-protocol | m id=7i,value=20 5",
        "type: http | m id=7i,value=20 5",
        "type: http | {'id':7,'value':20}",
        "type: http | 7,20",
        "type: tcp, format: csv | 7,20",
        "type: udp | {'id':7,'value':20}"
      })
  void reads_lines_in_the_format_of_their_listener(String source, String text) throws Exception {
    Files.writeString(
        folder.resolve("listen.yaml"),
        """
        name: listen
        sources:
          - { name: in, %s, listen: "127.0.0.1:0", fields: { id: int64, value: float64 } }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """
            .formatted(source));
    Files.writeString(
        folder.resolve("letters.jsonl"),
        "{\"source\":\"in\",\"line\":1,\"stage\":\"\",\"reason\":\"r\",\"text\":\"%s\"}\n"
            .formatted(text.replace("'", "\\\"")));

    forebay("replay", "letters.jsonl", "--pipeline", "listen.yaml", "--no-progress");

    assertThat(ids("out.jsonl")).containsExactly(7L);
  }

  @Test
  void says_what_to_do_with_rows_of_windows_that_a_stage_behind_has_rejected() throws Exception {
    Files.writeString(
        folder.resolve("letters.jsonl"),
        """
        {"source":"forebay:windows","sequence":1,"stage":"f","reason":"r","record":{"count":1}}
        """);

    Forebay.Result result =
        Forebay.run(folder, "replay", "letters.jsonl", "--pipeline", "plant.yaml");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("are rows of windows", "cannot be sent again", "nothing was started");
  }

  @Test
  void says_what_to_name_when_the_pipeline_does_not_fit() throws Exception {
    Files.writeString(
        folder.resolve("letters.jsonl"),
        "{\"source\":\"elsewhere\",\"line\":1,\"stage\":\"\",\"reason\":\"r\",\"text\":\"{}\"}\n");

    Forebay.Result unnamed = Forebay.run(folder, "replay", "letters.jsonl");
    Forebay.Result other =
        Forebay.run(folder, "replay", "letters.jsonl", "--pipeline", "plant.yaml");
    Forebay.Result none = Forebay.run(folder, "replay", "nothing.jsonl");

    assertThat(unnamed.exitCode()).isEqualTo(2);
    assertThat(unnamed.err()).contains("name it with --pipeline");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("'elsewhere', which the pipeline 'plant' does not have");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("nothing.jsonl");
  }

  /** A letter as somebody may craft it who can write a file. */
  private void craft(String pipeline, String identity) throws IOException {
    Files.writeString(
        folder.resolve("letters.jsonl"),
        """
        {"source":"in","line":1,"stage":"","reason":"r","text":"{\\"id\\":1}","pipeline":"%s","identity":"%s"}
        """
            .formatted(pipeline, identity));
  }

  @Test
  void runs_no_code_of_a_pipeline_that_only_a_letter_names_and_that_did_not_make_it()
      throws Exception {
    Files.writeString(
        folder.resolve("evil.py"), "open('it-ran', 'w')\ndef f(records):\n    return records\n");
    Files.writeString(
        folder.resolve("evil.yaml"),
        """
        name: evil
        sources: [{ name: in, type: file, path: in.jsonl, fields: { id: int64 } }]
        stages: [{ name: f, cpu: "python:evil.f" }]
        sinks: [{ type: jsonl, path: evil.jsonl }]
        """);
    craft("evil.yaml", "0".repeat(32));

    Forebay.Result result = Forebay.run(folder, "replay", "letters.jsonl", "--no-progress");

    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains("say so with --pipeline evil.yaml");
    assertThat(folder.resolve("it-ran")).doesNotExist();
    assertThat(folder.resolve("evil.jsonl")).doesNotExist();
  }

  @Test
  void says_which_pipeline_it_runs_and_refuses_one_that_has_changed() throws Exception {
    forebay("run", "plant.yaml", "--no-progress");
    mend();
    Path plant = folder.resolve("plant.yaml");
    String original = Files.readString(plant);
    Files.writeString(plant, original.replace("out.jsonl", "other.jsonl"));

    Forebay.Result changed = Forebay.run(folder, "replay", "rejected.jsonl", "--no-progress");

    assertThat(changed.exitCode()).isEqualTo(2);
    assertThat(changed.err())
        .contains("is not as it was when they were made", "--pipeline plant.yaml");
    Files.writeString(plant, original);
    assertThat(forebay("replay", "rejected.jsonl", "--no-progress").err())
        .contains(
            "The pipeline file is 'plant.yaml', which the dead letters 'rejected.jsonl' name.");
  }

  @Test
  void sends_only_the_letters_of_the_pipeline_that_is_named_when_there_are_several()
      throws Exception {
    forebay("run", "plant.yaml", "--no-progress");
    mend();
    List<String> letters = Files.readAllLines(folder.resolve("rejected.jsonl"));
    String mine = letters.get(1);
    Files.writeString(
        folder.resolve("mixed.jsonl"),
        mine + "\n" + mine.replace("plant.yaml", "b.yaml") + "\n" + mine.substring(0, 50));

    Forebay.Result into =
        Forebay.run(
            folder, "replay", "mixed.jsonl", "--pipeline", "plant.yaml", "--rejected", "out.jsonl");
    int before = ids("out.jsonl").size();
    Forebay.Result named = forebay("replay", "mixed.jsonl", "--pipeline", "plant.yaml");

    assertThat(into.exitCode()).isEqualTo(2);
    assertThat(into.err())
        .contains("what is rejected again would go to 'out.jsonl', which is in use");
    assertThat(named.err())
        .contains("1 dead letters of other pipelines ('b.yaml') are left out.")
        .contains("Line 3 of 'mixed.jsonl', the last one, is not whole and is left out");
    assertThat(ids("out.jsonl")).hasSize(before + 1);
  }

  @Test
  void refuses_a_file_of_other_things() throws Exception {
    Forebay.Result result = Forebay.run(folder, "replay", "in.jsonl", "--pipeline", "plant.yaml");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("line 1 of 'in.jsonl' is no dead letter");
  }
}
