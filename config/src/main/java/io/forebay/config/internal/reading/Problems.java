package io.forebay.config.internal.reading;

import io.forebay.config.model.InvalidPipelineFileException;
import io.forebay.config.secrets.Secrets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with a pipeline file, so that all of it can be said at once, without the
 * secrets in it.
 */
public final class Problems {
  private final Secrets secrets;
  private final List<String> sentences = new ArrayList<>();

  public Problems(Secrets secrets) {
    this.secrets = secrets;
  }

  Secrets secrets() {
    return secrets;
  }

  /** Adds {@code origin: path: sentence}; without the path where it is empty. */
  public void add(String origin, String path, String sentence) {
    String problem = origin + ": " + (path.isEmpty() ? "" : path + ": ") + sentence;
    if (!sentences.contains(problem)) {
      sentences.add(problem);
    }
  }

  int count() {
    return sentences.size();
  }

  boolean isEmpty() {
    return sentences.isEmpty();
  }

  /** Throws if something was added. */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new InvalidPipelineFileException(sentences.stream().map(secrets::hide).toList());
    }
  }
}
