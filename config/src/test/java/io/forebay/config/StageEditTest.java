package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StageEditTest {
  private static final String BLOCK =
      """
      # A plant – with ünïcode 🏭 before what is changed.
      name: plant
      stages:
        - name: other
          cpu: com.acme.Other
          workers: 7
        - name: f            # the slow one
          cpu: com.acme.F    # computes

          # how many:
          workers: 2         # of four
          env:
            A: x
            B: "y"           # why
          timeout: 30s
      sinks: []
      """;

  private static String apply(
      String text, Optional<String> kind, Map<String, String> set, String... dropped) {
    return StageEdit.apply(text, new StageEdit.Keys("f", kind, set, List.of(dropped)));
  }

  private static String set(String text, String key, String value) {
    return apply(text, Optional.empty(), Map.of(key, value));
  }

  private static String drop(String text, String... keys) {
    return apply(text, Optional.empty(), Map.of(), keys);
  }

  @Test
  void replaces_a_value_and_nothing_else() {
    assertThat(set(BLOCK, "workers", "4"))
        .isEqualTo(BLOCK.replace("workers: 2         # of", "workers: 4         # of"));
  }

  @Test
  void adds_a_key_behind_the_function_with_its_indentation() {
    assertThat(set(BLOCK, "batch", "auto"))
        .isEqualTo(BLOCK.replace("# computes\n", "# computes\n    batch: auto\n"));
  }

  @Test
  void adds_several_keys_in_their_order() {
    Map<String, String> both = new LinkedHashMap<>();
    both.put("on", "threads");
    both.put("batch", "20");
    assertThat(apply(BLOCK, Optional.empty(), both))
        .isEqualTo(BLOCK.replace("# computes\n", "# computes\n    on: threads\n    batch: 20\n"));
  }

  @Test
  void removes_whole_lines_and_leaves_comments_that_stand_alone() {
    assertThat(drop(BLOCK, "workers", "timeout", "memory"))
        .isEqualTo(
            BLOCK
                .replace("    workers: 2         # of four\n", "")
                .replace("    timeout: 30s\n", ""));
  }

  @Test
  void removes_a_mapping_with_its_entries() {
    assertThat(drop(BLOCK, "env"))
        .isEqualTo(BLOCK.replace("    env:\n      A: x\n      B: \"y\"           # why\n", ""));
  }

  @Test
  void moves_the_next_key_up_when_the_first_is_removed() {
    String text = "stages:\n  - timeout: 3s # long\n    name: f\n    cpu: a.F\n";
    assertThat(drop(text, "timeout")).isEqualTo("stages:\n  - name: f\n    cpu: a.F\n");
  }

  @Test
  void removes_the_last_line_of_a_file_that_ends_without_a_break() {
    String text = "stages:\n- name: f\n  cpu: a.F\n  workers: 2";
    assertThat(drop(text, "workers")).isEqualTo("stages:\n- name: f\n  cpu: a.F");
    assertThat(set(text, "on", "inline"))
        .isEqualTo("stages:\n- name: f\n  cpu: a.F\n  on: inline\n  workers: 2");
    assertThat(set("stages:\n- name: f\n  cpu: a.F", "on", "inline"))
        .isEqualTo("stages:\n- name: f\n  cpu: a.F\n  on: inline");
  }

  @Test
  void renames_the_key_of_the_function() {
    assertThat(apply(BLOCK, Optional.of("blocking"), Map.of("threads", "16"), "workers"))
        .isEqualTo(
            BLOCK
                .replace(
                    "cpu: com.acme.F    # computes\n",
                    "blocking: com.acme.F    # computes\n    threads: 16\n")
                .replace("    workers: 2         # of four\n", ""));
  }

  @Test
  void changes_a_stage_within_braces() {
    String text = "stages: [ { name: f, cpu: a.F, on: processes, workers: 2 } ] # all\n";
    assertThat(set(text, "on", "inline"))
        .isEqualTo("stages: [ { name: f, cpu: a.F, on: inline, workers: 2 } ] # all\n");
    assertThat(set(text, "batch", "auto"))
        .isEqualTo(
            "stages: [ { name: f, cpu: a.F, batch: auto, on: processes, workers: 2 } ] # all\n");
    assertThat(drop(text, "workers"))
        .isEqualTo("stages: [ { name: f, cpu: a.F, on: processes } ] # all\n");
    assertThat(drop(text, "on")).isEqualTo("stages: [ { name: f, cpu: a.F, workers: 2 } ] # all\n");
    assertThat(drop(text, "on", "workers")).isEqualTo("stages: [ { name: f, cpu: a.F } ] # all\n");
    assertThat(apply(text, Optional.of("blocking"), Map.of("threads", "9"), "on", "workers"))
        .isEqualTo("stages: [ { name: f, blocking: a.F, threads: 9 } ] # all\n");
  }

  @Test
  void keeps_comments_within_braces_that_go_over_lines() {
    String text =
        "stages:\n"
            + "  - { name: f, # the one\n"
            + "      cpu: a.F, # it\n"
            + "      on: threads, # where\n"
            + "      workers: 2 }\n";
    assertThat(drop(text, "workers")).contains("# the one", "# it", "# where", "on: threads");
    assertThat(drop(text, "on")).contains("# the one", "# it", "workers: 2");
  }

  @Test
  void keeps_the_line_breaks_of_windows() {
    String text = BLOCK.replace("\n", "\r\n");
    assertThat(set(text, "batch", "auto"))
        .isEqualTo(text.replace("# computes\r\n", "# computes\r\n    batch: auto\r\n"));
    assertThat(drop(text, "timeout")).isEqualTo(text.replace("    timeout: 30s\r\n", ""));
  }

  @Test
  void refuses_a_stage_that_does_not_stand_in_the_file() {
    assertThatThrownBy(() -> set("stages: []\n", "on", "inline"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the stage 'f' does not stand in the file");
  }
}
