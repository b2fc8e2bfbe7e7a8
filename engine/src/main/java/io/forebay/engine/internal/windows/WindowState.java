package io.forebay.engine.internal.windows;

import io.forebay.Schema;
import io.forebay.engine.internal.plan.BoundWindows;
import io.forebay.engine.internal.recovery.Epoch;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.Disk;
import java.io.IOException;
import java.util.Optional;

/**
 * What the last run has left of windows, read before it is decided where this one begins.
 *
 * @param rows the columns of the rows that sinks are given
 * @param content empty if there is nothing
 */
public record WindowState(
    BoundWindows windows, Schema rows, StateFolder folder, Optional<EpochReader.Content> content) {
  /** Reads it from its folder. */
  public static WindowState read(BoundWindows windows, Schema rows, boolean fresh) {
    return read(windows, rows, new StateFolder(windows.windows().state(), Disk.REAL), fresh);
  }

  /**
   * Reads it.
   *
   * @param fresh whether it does not matter
   * @throws ConfigurationException naming the file, if it is damaged
   */
  public static WindowState read(
      BoundWindows windows, Schema rows, StateFolder folder, boolean fresh) {
    try {
      return new WindowState(
          windows, rows, folder, fresh ? Optional.empty() : folder.read(rows, windows.late()));
    } catch (IOException | RuntimeException e) {
      throw new ConfigurationException(
          "the state of the windows of '"
              + windows.stage()
              + "' cannot be read ("
              + (e.getMessage() == null ? e.toString() : e.getMessage())
              + "): nothing was read from the sources; put that right, or start over with --fresh,"
              + " which replaces what the outputs hold",
          e);
    }
  }

  /** What it says of the outputs. */
  public Optional<Epoch> epoch() {
    return content.map(EpochReader.Content::epoch);
  }
}
