package io.forebay.testkit;

import io.forebay.Output;
import java.io.IOException;

/**
 * Where outputs keep their data, for {@link SinkContract} and {@link DeadLettersContract}: a file,
 * a table.
 *
 * <pre>{@code
 * record FilePlace(Path file) implements Place<JsonlSink> {
 *   public JsonlSink output() {
 *     return JsonlSink.to(file.toString());
 *   }
 *
 *   public Object contents() throws IOException {
 *     return Files.readString(file);
 *   }
 * }
 * }</pre>
 */
public interface Place<O extends Output> {
  /** A new output, as a new process would make it, on the data that is there. */
  O output();

  /** All data that is there, in a form that compares by content. */
  Object contents() throws IOException;
}
