package io.forebay.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a pipeline file, so that all of it can be said at once. */
final class Problems {
  private final List<String> sentences = new ArrayList<>();

  /** Adds {@code origin: path: sentence}; without the path where it is empty. */
  void add(String origin, String path, String sentence) {
    String problem = origin + ": " + (path.isEmpty() ? "" : path + ": ") + sentence;
    if (!sentences.contains(problem)) {
      sentences.add(problem);
    }
  }

  boolean isEmpty() {
    return sentences.isEmpty();
  }

  /** Throws if something was added. */
  void throwIfAny() {
    if (!isEmpty()) {
      throw new InvalidPipelineFileException(sentences);
    }
  }
}
