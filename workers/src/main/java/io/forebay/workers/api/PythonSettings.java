package io.forebay.workers.api;

import io.forebay.RowShape;
import io.forebay.Schema;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a function of {@code python:module.function} is run with.
 *
 * @param interpreter a command on the path, or a path such as {@code .venv/bin/python}; at least
 *     Python 3.9
 * @param path folders in which its module is looked for, before the interpreter's own
 * @param outputs the columns that it adds or replaces; empty: found out by trying it
 * @param rows whether it leaves records out (None in place of a dict) or makes several of one (a
 *     list of dicts)
 */
public record PythonSettings(
    String interpreter, List<Path> path, Optional<Schema> outputs, RowShape rows) {
  /** The first {@code python3} on the path, modules of its own, outputs found out. */
  public static final PythonSettings DEFAULT =
      new PythonSettings("python3", List.of(), Optional.empty(), RowShape.SAME);

  public PythonSettings {
    path = List.copyOf(path);
  }
}
