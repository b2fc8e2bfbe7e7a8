package io.forebay.workers.internal.launch;

import java.util.List;

/**
 * What is left of a worker's output.
 *
 * @param lines the last ones
 * @param crash the report of a crash in native code
 */
public record OutputTail(List<String> lines, List<String> crash) {
  /** How a report of Python's faulthandler begins. */
  static final String PYTHON_CRASH = "Fatal Python error: ";
}
