package io.forebay.connectors.file;

import io.forebay.ConfigurationException;

/**
 * What a {@link FileSource} accepts; a record beyond a limit goes to dead letter.
 *
 * @param lineBytes the longest line (for CSV: record), without its line end; the rest of a longer
 *     one is discarded
 * @param stringBytes the longest JSON string or CSV cell, as written in the file
 * @param depth how deep JSON objects and arrays nest; the record itself is 1
 * @param members how many members a JSON record may have, those of nested objects included
 */
public record FileLimits(int lineBytes, int stringBytes, int depth, int members) {
  /** 1 MiB a line, 256 KiB a string, depth 64, 10,000 members. */
  public static final FileLimits DEFAULT = new FileLimits(1 << 20, 256 << 10, 64, 10_000);

  public FileLimits {
    if (lineBytes < 16 || lineBytes > 1 << 30) {
      throw new ConfigurationException(
          "a line limit of " + lineBytes + " bytes is not possible: use 16 to 1073741824");
    }
    if (stringBytes < 1 || depth < 1 || members < 1) {
      throw new ConfigurationException(
          "file limits must be at least 1, but are "
              + stringBytes
              + " string bytes, depth "
              + depth
              + ", "
              + members
              + " members");
    }
  }
}
