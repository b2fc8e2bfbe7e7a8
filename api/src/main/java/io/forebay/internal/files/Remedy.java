package io.forebay.internal.files;

import org.jspecify.annotations.Nullable;

/**
 * What helps where the system did not let a file be written, as the end of a sentence that has
 * named the file and the reason.
 */
public final class Remedy {
  private Remedy() {}

  /**
   * What to do about a failure, by the words of the system in it or in what has caused it: those of
   * Linux, macOS and Windows in English. Where they say nothing that is known, or speak another
   * language: {@code put that right}.
   */
  public static String of(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String known = ofWords(String.valueOf(at.getMessage()));
      if (!known.isEmpty()) {
        return known;
      }
    }
    return "put that right";
  }

  private static String ofWords(String message) {
    if (message.contains("No space left on device")
        || message.contains("not enough space on the disk")) {
      return "free space there";
    }
    if (message.contains("Disk quota exceeded") || message.contains("Disc quota exceeded")) {
      return "free space there or have its quota raised";
    }
    if (message.contains("File too large")) {
      return "raise the limit of file sizes (ulimit -f), or write to where files may be larger";
    }
    if (message.contains("Read-only file system")) {
      return "mount it for writing";
    }
    return "";
  }
}
