package io.forebay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.Stage;
import io.forebay.errors.ConfigurationException;
import io.forebay.snapshot.Placement;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MatrixTest {
  private static final Matrix USUAL = Matrix.of(List.of(), List.of(), List.of());

  private static List<String> labels(Matrix matrix, Stage stage, int cores) {
    return matrix.cells(stage, cores).stream().map(Cell::label).toList();
  }

  @Test
  void has_each_place_with_each_number_of_workers_and_each_batch() {
    Stage stage = Stage.cpu("f", "plant.F").workers(2).on(Placement.INLINE);
    Matrix matrix = Matrix.of(List.of(), List.of("1", "3"), List.of("20", "auto"));
    assertThat(labels(matrix, stage, 4))
        .containsExactly(
            "processes × 1, batches of 20",
            "processes × 1, batch: auto",
            "processes × 3, batches of 20",
            "processes × 3, batch: auto",
            "threads × 1, batches of 20",
            "threads × 1, batch: auto",
            "threads × 3, batches of 20",
            "threads × 3, batch: auto",
            "inline, batches of 20",
            "inline, batch: auto");
  }

  @Test
  void begins_in_a_process_of_its_own_whatever_was_written_first() {
    Matrix matrix = Matrix.of(List.of("inline", "processes"), List.of("1"), List.of("1"));
    assertThat(labels(matrix, Stage.cpu("f", "plant.F"), 1))
        .startsWith("processes × 1, batches of 1", "inline, batches of 1");
  }

  @Test
  void has_powers_of_two_up_to_the_cores_and_python_in_processes_only() {
    assertThat(labels(USUAL, Stage.cpu("f", "python:plant.f"), 6))
        .allMatch(label -> label.startsWith("processes"))
        .filteredOn(label -> label.endsWith("auto"))
        .containsExactly(
            "processes × 1, batch: auto",
            "processes × 2, batch: auto",
            "processes × 4, batch: auto",
            "processes × 6, batch: auto");
  }

  @Test
  void has_what_the_file_has_once_even_where_the_command_line_leaves_it_out() {
    Stage stage = Stage.cpu("f", "plant.F").batch(BatchSize.of(77)); // as many as cores
    Matrix matrix = Matrix.of(List.of("threads"), List.of("1"), List.of("auto"));
    assertThat(labels(matrix, stage, 2))
        .containsExactly("threads × 1, batch: auto", "processes × 2, batches of 77");
    assertThat(labels(USUAL, Stage.cpu("f", "plant.F"), 2)).doesNotHaveDuplicates().hasSize(25);
    assertThat(Matrix.configured(stage, 2).batch()).isEqualTo(OptionalInt.of(77));
  }

  @Test
  void has_less_and_more_of_what_waits() {
    assertThat(labels(USUAL, Stage.async("f", "plant.F").concurrency(8), 2))
        .containsExactly("async × 2", "async × 8", "async × 32");
    assertThat(labels(USUAL, Stage.blocking("f", "plant.F").threads(1), 2))
        .containsExactly("blocking × 1", "blocking × 4");
  }

  @Test
  void refuses_python_where_it_cannot_run() {
    Matrix inline = Matrix.of(List.of("inline"), List.of(), List.of());
    assertThatThrownBy(() -> inline.cells(Stage.cpu("f", "python:plant.f"), 2))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'f' is a Python function");
  }

  @ParameterizedTest
  @CsvSource({
    "gpu, 1, 1, --on",
    "inline, 0, 1, --workers",
    "inline, two, 1, --workers",
    "inline, 1, -3, --batch",
    "inline, 1, 99999999999, --batch",
    "inline, 1001, 1, --workers"
  })
  void names_the_option_and_what_is_wrong(String on, String workers, String batch, String option) {
    assertThatThrownBy(() -> Matrix.of(List.of(on), List.of(workers), List.of(batch)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(option + " is a list of");
  }
}
