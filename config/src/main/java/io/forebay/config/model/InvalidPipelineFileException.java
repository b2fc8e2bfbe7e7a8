package io.forebay.config.model;

import java.util.List;

/** A pipeline file, or an override of it, is wrong. Nothing has been started. */
public final class InvalidPipelineFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public InvalidPipelineFileException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * One sentence for each thing that is wrong: {@code plant.yaml:12:5: stages[0].workerz: unknown
   * key; did you mean 'workers'?}
   */
  public List<String> problems() {
    return problems;
  }
}
